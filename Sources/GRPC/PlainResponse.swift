/// The answer to a `PlainRequest`; `content-length` is added, and for HEAD the body left out.
package struct PlainResponse: Sendable {
    package var status: Int
    package var contentType: String
    package var body: [UInt8]

    package init(status: Int, contentType: String = "text/plain; charset=utf-8", body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    package init(status: Int, text: String) { self.init(status: status, body: Array(text.utf8)) }
}
