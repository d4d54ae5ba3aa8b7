internal import Base

/// What a plain GET finds on the port, over HTTP/1.1 and HTTP/2 alike.
struct PlainPages {
    struct Page {
        var status: Int
        var contentType: String
        var body: [UInt8]
    }

    let metrics: MetricRegistry
    var isMetricsOpen = true
    let status: () -> SystemStatus

    func page(method: String, path: String) -> Page {
        guard method == "GET" || method == "HEAD" else {
            return text(405, "method \(method) is not allowed here; allowed: GET, HEAD\n")
        }
        switch path {
        case "/healthz":
            return health(status())
        case "/metrics" where !isMetricsOpen:
            return text(403, "metrics are not told here (auth.openMetrics)\n")
        case "/metrics":
            return Page(
                status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
                body: Array(metrics.prometheusText().utf8))
        default:
            return text(
                404, "no such page; pages: /healthz, /metrics; gRPC: penstock.v1.MarketData\n")
        }
    }

    private func health(_ status: SystemStatus) -> Page {
        switch status {
        case .healthy: text(200, "healthy\n")
        case .degraded: text(200, "degraded: not every venue is connected\n")
        case .critical: text(503, "critical: no venue is connected\n")
        case .offline: text(503, "draining\n")
        }
    }

    private func text(_ status: Int, _ text: String) -> Page {
        Page(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }
}
