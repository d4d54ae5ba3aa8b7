import Load
import Testing

@Suite struct AgeHistogramTests {
    @Test func `an empty one has no ages`() {
        #expect(AgeHistogram().quantile(0.5) == 0)
        #expect(AgeHistogram().milliseconds(0.99) == 0)
    }

    @Test func `a quantile is at most three percent above the age that it is of`() {
        var ages = AgeHistogram()
        for age in 1...100_000 { ages.add(UInt64(age)) }
        for fraction in [0.001, 0.1, 0.5, 0.99, 0.999, 1] {
            let exact = UInt64((100_000 * fraction).rounded(.up))
            let found = ages.quantile(fraction)
            #expect(found >= exact && Double(found) <= Double(exact) * 1.032, "\(fraction)")
        }
    }

    @Test(arguments: [0, 1, 31, 32, 63, 64, UInt64.max >> 1])
    func `the largest age is known exactly`(age: UInt64) {
        var ages = AgeHistogram()
        ages.add(age)
        #expect(ages.quantile(1) == age && ages.largest == age && ages.count == 1)
    }
}
