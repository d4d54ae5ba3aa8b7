import Base
import Testing

@testable import HTTP2

@Suite struct FrameSplitterTests {
    /// Runs the splitter over `bytes` in pieces; returns what passes on and what was taken out.
    func split(_ bytes: [UInt8], stride: Int, role: HTTP2Role) -> ([UInt8], [FrameSplitter.Piece]) {
        var splitter = FrameSplitter(
            role: role, judge: role == .server ? FrameJudge(HTTP2Limits()) : nil)
        var passed: [UInt8] = []
        var taken: [FrameSplitter.Piece] = []
        var start = 0
        while start < bytes.count {
            let part = Array(bytes[start..<min(start + stride, bytes.count)])
            start += part.count
            part.withRawSpan { span in
                var position = 0
                while let piece = splitter.next(span, at: &position) {
                    switch piece {
                    case .bytes(let range): passed += part[range]
                    case .heldHead(let earlier):
                        if let earlier { taken.append(.earlier(streamID: earlier)) }
                        for index in 0..<9 { passed.append(splitter.held[index]) }
                    case .windowUpdate, .earlier, .goAway: taken.append(piece)
                    }
                }
            }
        }
        return (passed, taken)
    }

    @Test(arguments: Array(1...40) + [.max])
    func `window updates are taken out and all else passes, wherever reads cut`(stride: Int) {
        let settings = Frame(type: Frame.settings).bytes
        let data = Frame(type: Frame.data, streamID: 1, payload: [0, 0, 4, 8, 0, 0, 0, 0, 1]).bytes
        let update = RawPeer.windowUpdate(0x8000_0003, 0x8000_0011).bytes
        let short = Frame(type: Frame.windowUpdate, payload: [1]).bytes
        let input = preface + settings + update + data + short + update + data
        let (passed, taken) = split(input, stride: stride, role: .server)
        #expect(passed == preface + settings + data + short + data)
        let piece = FrameSplitter.Piece.windowUpdate(streamID: 3, increment: 17)
        #expect(taken == [piece, piece])
    }

    @Test(arguments: [1, 5, .max])
    func `inside a header block nothing is taken out`(stride: Int) {
        let settings = Frame(type: Frame.settings).bytes
        let head = Frame(type: Frame.headers, streamID: 1, payload: [1, 2, 3]).bytes
        let end = Frame(type: Frame.continuation, flags: 4, streamID: 1, payload: []).bytes
        let update = RawPeer.windowUpdate(0, 1).bytes
        let input = settings + head + update + end + update
        let (passed, taken) = split(input, stride: stride, role: .client)
        #expect(passed == settings + head + update + end)
        #expect(taken.count == 1)
    }

    @Test(arguments: Array(1...40) + [.max])
    func `frames of streams that have begun are announced, and pass`(stride: Int) {
        let settings = Frame(type: Frame.settings).bytes
        let frames = [
            Frame(type: Frame.headers, flags: 4, streamID: 0x8000_0003, payload: [1]),
            Frame(type: Frame.data, streamID: 1, payload: [1, 2, 3]),
            Frame(type: Frame.reset, streamID: 1, payload: wire(0)),
            Frame(type: Frame.headers, flags: 4, streamID: 3, payload: [1]),
            Frame(type: Frame.data, streamID: 5), Frame(type: Frame.data, streamID: 0),
        ].flatMap(\.bytes)
        let input = preface + settings + frames
        let (passed, taken) = split(input, stride: stride, role: .server)
        #expect(passed == input)
        #expect(taken == [.earlier(streamID: 1), .earlier(streamID: 3)])
    }

    @Test(arguments: Array(1...40) + [.max])
    func `a server's splitter takes goodbyes out, with what they say`(stride: Int) {
        let settings = Frame(type: Frame.settings).bytes
        let data = Frame(type: Frame.data, streamID: 1, payload: [1, 2]).bytes
        let short = Frame(type: Frame.goAway, payload: [1, 2, 3]).bytes
        let debug = [UInt8](repeating: 9, count: 70)
        let goAway = Frame(type: Frame.goAway, payload: wire(0x8000_0005) + wire(2))
        let talkative = Frame(type: Frame.goAway, payload: wire(7) + wire(0) + debug)
        let input = preface + settings + goAway.bytes + data + talkative.bytes + short + data
        let (passed, taken) = split(input, stride: stride, role: .server)
        #expect(passed == preface + settings + data + short + data)
        #expect(
            taken == [.goAway(lastStreamID: 5, code: 2), .goAway(lastStreamID: 7, code: 0)])
        let all = settings + goAway.bytes + data
        #expect(split(all, stride: stride, role: .client).0 == all)
    }

    @Test func `the first frame is never taken out`() {
        let update = RawPeer.windowUpdate(0, 1).bytes
        let (passed, taken) = split(preface + update, stride: .max, role: .server)
        #expect(passed == preface + update)
        #expect(taken.isEmpty)
    }
}
