internal import JSON

/// The stream a raw payload came from: what the URL says if it names only one, else the kind of
/// the payload. Nil for replies and for payloads that name no stream.
func streamName(of payload: JSONValue, url: StreamURL?) -> String? {
    let listed = url?.streams ?? []
    if payload["result"] != nil || payload["code"] != nil { return nil }
    if listed.count == 1 { return listed[0] }
    guard let symbol = payload["s"]?.text?.lowercased() else { return nil }
    guard let kind = payload["e"]?.text else {
        // The only payload without "e" that names its symbol.
        return payload["u"] != nil && payload["B"] != nil ? "\(symbol)@bookTicker" : nil
    }
    switch kind {
    case "trade", "aggTrade": return "\(symbol)@\(kind)"
    case "24hrTicker": return "\(symbol)@ticker"
    case "24hrMiniTicker": return "\(symbol)@miniTicker"
    case "kline": return payload["k"]?["i"]?.text.map { "\(symbol)@kline_\($0)" }
    case "depthUpdate":
        return listed.first { $0.hasPrefix("\(symbol)@depth") } ?? "\(symbol)@depth@100ms"
    default: return listed.first { $0.hasPrefix("\(symbol)@") }
    }
}
