/// What happened, for people; costs nothing while nobody wants it.
final class Trace {
    private let write: ((String) -> Void)?

    init(_ write: ((String) -> Void)?) { self.write = write }

    func note(_ text: @autoclosure () -> String) {
        if let write { write(text()) }
    }
}
