import Base
import Foundation

/// Where the figures were taken.
enum Machine {
    static func summary(at time: Timestamp) -> String {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":").last }
            .map { $0.trimmingCharacters(in: .whitespaces) }
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let system = ProcessInfo.processInfo.operatingSystemVersionString
        return "\(time.description.prefix(10)), \(model ?? "unknown processor"), \(cores) cores, "
            + "\(system), release build."
    }
}
