/// Results as text for a terminal. Pure.
package enum BenchTable {
    /// The table and what must be known to read it, at most `width` columns where that can be.
    package static func lines(
        _ results: [BenchResult], width: Int, isColoured: Bool
    ) -> [String] {
        var table = TextTable(head: [
            "scenario", "clients", "deliveries/s", "MB/s", "p50 ms", "p99 ms", "p99.9 ms",
            "event ms", "CPU µs", "sends", "first ms", "snapshots", "gaps", "errors",
        ])
        table.rows = results.map { result in
            TextTable.Row(cells: cells(result), isAlarming: result.faultCount > 0)
        }
        return table.lines(width: width, isColoured: isColoured) + [""]
            + notes(results).flatMap { wrapped($0, width: width) }
    }

    private static func cells(_ result: BenchResult) -> [String] {
        let seen = result.report.seen
        func age(_ fraction: Double, _ ages: AgeHistogram) -> String {
            ages.count == 0 ? "–" : Figure.text(ages.milliseconds(fraction))
        }
        return [
            result.scenario.name, clients(result),
            Figure.text(result.deliveriesPerSecond, digits: 0),
            Figure.text(result.bytesPerSecond / 1e6), age(0.5, seen.ages),
            age(0.99, seen.ages), age(0.999, seen.ages), age(0.5, seen.eventAges),
            result.processorMicroseconds.map { Figure.text($0) } ?? "–",
            result.sendsPerDelivery.map { Figure.text($0) } ?? "–",
            age(0.99, seen.beginnings),
            Figure.text(seen.snapshots), Figure.text(Int(clamping: seen.announced)),
            Figure.text(result.faultCount),
        ]
    }

    /// Connections × streams of each × topics of each stream, without ones at the end.
    private static func clients(_ result: BenchResult) -> String {
        var parts = [result.report.connections, result.report.streams, result.topicsPerStream]
        while parts.count > 1, parts.last == 1 { parts.removeLast() }
        return parts.map { Figure.text($0) }.joined(separator: "×")
    }

    private static func notes(_ results: [BenchResult]) -> [String] {
        var notes = [
            "p50, p99, p99.9: age of an update when it was read here, from its publish_time (of "
                + "one that bench serve published late, from when it was due) by the gateway's "
                + "clock to this machine's clock; snapshots are left out.",
            "event ms: likewise p50 from the venue's event, by the venue's clock. first ms: p99 "
                + "from a call until the present of all its topics was here.",
            "CPU µs, sends: of the gateway, for each delivery, by its /metrics.",
        ]
        for result in results {
            let (name, report) = (result.scenario.name, result.report)
            if report.stopped > 0 {
                notes.append("\(name): \(Figure.text(report.stopped)) connections did not read.")
            }
            if let seconds = report.stormSeconds {
                notes.append(
                    "\(name): all were current again \(Figure.text(seconds)) s after the cut; "
                        + "\(Figure.text(report.resumed)) topics resumed.")
            }
            if result.ownLoad > 0.9 {
                notes.append(
                    "\(name): this process was busy \(Figure.text(result.ownLoad * 100, digits: 0))"
                        + " % of a processor: the ages are its own, too.")
            }
            for (fault, count) in report.faults.sorted(by: { $0.key < $1.key }) {
                notes.append("\(name): \(Figure.text(count)) × \(meaning(of: fault))")
            }
        }
        let compared = results.reduce(0) { $0 + $1.report.compared }
        if compared > 0 {
            notes.append(
                "\(Figure.text(compared)) rebuilt states were compared with each other and with "
                    + "GetSnapshot.")
        }
        return notes
    }

    /// What a fault's name says.
    private static func meaning(of fault: String) -> String {
        let meanings = [
            "hole": "an update that begins behind what is known, and no gap names what is between",
            "backwards": "an update that ends at or before what is known",
            "repeated": "an event again that is known already",
            "baseless": "a delta before any snapshot",
            "foreignEpoch": "another epoch without the snapshot or gap that begins one",
            "strange_topic": "an update of a topic that was not asked for",
            "unreadable": "a message that cannot be read",
            "unmergeable": "an update that cannot be applied",
            "differences": "a state that differs from what others have at its position",
            "rejected": "a topic that the gateway rejects",
            "lost_call": "a call that the gateway ended",
            "lost_connection": "a connection that was lost",
            "not_current": "a stream that did not get the present of its topics in time",
        ]
        return meanings[fault] ?? fault
    }

    /// Broken between words; what belongs to a note is indented.
    private static func wrapped(_ note: String, width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in note.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = "  " + word
            } else {
                line += line.isEmpty ? String(word) : " " + word
            }
        }
        return lines + [line]
    }
}
