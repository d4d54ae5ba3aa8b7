package import GRPC
internal import Schema

/// gRPC's health service (grpc.health.v1): whether the server, or one of its services, serves.
/// The empty name is the server. Confined to its loop.
package final class HealthService: RPCService {
    package let name = "grpc.health.v1.Health"

    /// Bytes of a watched name, which is kept as long as the watcher stays.
    private static let nameBytesMax = 256

    /// Services that List tells of; the protocol's own bound, as one answer must hold them all.
    package static let listedMax = 100

    /// A watcher is told every change, never the same status twice in a row.
    private struct Watcher {
        let call: RPCCall
        let service: String
        var told: ServingStatus
    }

    private var statuses: [String: ServingStatus] = ["": .serving]
    /// By call, so that thousands may leave at once.
    private var watchers: [ObjectIdentifier: Watcher] = [:]
    /// Nothing serves any more, whatever is reported.
    private(set) var isStopped = false

    package init() {}

    package func register(in router: RPCRouter) {
        router.register("/\(name)/Check") { [weak self] _ in
            SingleRequestHandler { call, bytes in
                guard let request = call.decode(HealthCheckRequest.self, bytes) else { return }
                self?.check(request.service ?? "", call)
            }
        }
        router.unary("/\(name)/List") { [weak self] (_: HealthListRequest) throws(RPCStatus) in
            try self?.list() ?? HealthListResponse()
        }
        router.register("/\(name)/Watch") { [weak self] _ in
            SingleRequestHandler(
                onCancelled: { self?.forget($0) },
                onDraining: { call in
                    self?.forget(call)
                    call.finish(StatusMapping.draining)
                }
            ) { call, bytes in
                guard let request = call.decode(HealthCheckRequest.self, bytes) else { return }
                self?.watch(request.service ?? "", call)
            }
        }
    }

    /// Sets a service's status and tells its watchers.
    package func setStatus(_ service: String, serving: Bool) {
        statuses[service] = serving && !isStopped ? .serving : .notServing
        tell(service)
    }

    /// Nothing serves any more; the first step of a shutdown.
    package func stopServing() {
        isStopped = true
        for service in statuses.keys.sorted() { setStatus(service, serving: false) }
    }

    package func serves(_ service: String) -> Bool { statuses[service] == .serving }

    package var watcherCount: Int { watchers.count }

    private func check(_ service: String, _ call: RPCCall) {
        guard let status = statuses[service] else {
            return call.finish(RPCStatus(.notFound, "service \(service) is not known"))
        }
        call.send(HealthCheckResponse(status: status))
        call.finish(.ok)
    }

    private func list() throws(RPCStatus) -> HealthListResponse {
        guard statuses.count <= Self.listedMax else {
            throw RPCStatus(
                .resourceExhausted,
                "\(statuses.count) services; at most \(Self.listedMax) are listed")
        }
        return HealthListResponse(
            statuses: statuses.sorted { $0.key < $1.key }.map { service, status in
                HealthListResponse.Entry(
                    service: service, status: HealthCheckResponse(status: status))
            })
    }

    private func watch(_ service: String, _ call: RPCCall) {
        guard service.utf8.count <= Self.nameBytesMax else {
            return call.finish(
                RPCStatus(
                    .invalidArgument,
                    "a service name of \(service.utf8.count) bytes; at most \(Self.nameBytesMax)"))
        }
        let status = statuses[service] ?? .serviceUnknown
        watchers[ObjectIdentifier(call)] = Watcher(call: call, service: service, told: status)
        call.send(HealthCheckResponse(status: status))
    }

    private func tell(_ service: String) {
        // A watcher whose call ended without a word (a drain) leaves here.
        watchers = watchers.filter { $0.value.call.isOpen }
        let status = statuses[service] ?? .serviceUnknown
        var calls: [RPCCall] = []
        for (key, watcher) in watchers where watcher.service == service && watcher.told != status {
            watchers[key]?.told = status
            calls.append(watcher.call)
        }
        // Sending may end a call whose queue is full, and its watcher leaves meanwhile.
        for call in calls { call.send(HealthCheckResponse(status: status)) }
    }

    private func forget(_ call: RPCCall) { watchers[ObjectIdentifier(call)] = nil }
}
