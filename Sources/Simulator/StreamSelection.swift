/// What a stream name means to a venue's tape.
package enum ServedStream: Equatable, Sendable {
    /// A stream of the tape.
    case recorded(Int)
    /// Another cadence of a depth stream of the tape, served with its diffs.
    case renamed(Int)
    /// Computed from the tape once a second.
    case derived(DerivedKind, symbol: Int)

    /// Nil for a name that gets no data, misspelled or unknown: Binance acknowledges those too.
    package init?(_ name: String, in catalog: TapeCatalog) {
        if let stream = catalog.stream(named: name) {
            self = .recorded(stream)
            return
        }
        guard let (symbolName, suffix) = TapeStream.parts(name),
            symbolName.lowercased() == symbolName,
            let symbol = catalog.symbol(named: symbolName.uppercased())
        else { return nil }
        if let kind = DerivedKind(rawValue: String(suffix)) {
            self = .derived(kind, symbol: symbol)
            return
        }
        guard suffix == "depth" || suffix == "depth@100ms",
            let stream = catalog.streams.firstIndex(where: {
                $0.symbol == symbol && $0.kind == .depth
            })
        else { return nil }
        self = .renamed(stream)
    }
}

/// Which of the tape's streams one connection has asked for.
package struct StreamSelection: Sendable {
    /// By stream number: bit 0 under its own name, bit 1 under another.
    private var flags: [UInt8]
    private var otherNames: [Int: String] = [:]
    package private(set) var derived: [(name: String, kind: DerivedKind, symbol: Int)] = []
    private var count = 0

    package init(streams: Int) { flags = Array(repeating: 0, count: streams) }

    /// Whether anything of the tape has been asked for.
    package var isEmpty: Bool { count == 0 && derived.isEmpty }

    @inline(__always)
    package func has(_ stream: Int32) -> Bool { flags[Int(stream)] != 0 }

    @inline(__always)
    package func hasOwnName(_ stream: Int32) -> Bool { flags[Int(stream)] & 1 != 0 }

    package func otherName(_ stream: Int32) -> String? { otherNames[Int(stream)] }

    package mutating func insert(_ name: String, _ served: ServedStream) {
        switch served {
        case .recorded(let stream): set(1, stream)
        case .renamed(let stream):
            otherNames[stream] = name
            set(2, stream)
        case .derived(let kind, let symbol):
            if !derived.contains(where: { $0.name == name }) {
                derived.append((name, kind, symbol))
            }
        }
    }

    package mutating func remove(_ name: String, _ served: ServedStream) {
        switch served {
        case .recorded(let stream): clear(1, stream)
        case .renamed(let stream):
            otherNames[stream] = nil
            clear(2, stream)
        case .derived: derived.removeAll { $0.name == name }
        }
    }

    private mutating func set(_ bit: UInt8, _ stream: Int) {
        if flags[stream] & bit == 0 { count += 1 }
        flags[stream] |= bit
    }

    private mutating func clear(_ bit: UInt8, _ stream: Int) {
        if flags[stream] & bit != 0 { count -= 1 }
        flags[stream] &= ~bit
    }
}
