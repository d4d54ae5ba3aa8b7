struct EncodingBenchmark {
    let rounds: Int
    func run(into report: inout Report) {}
}
