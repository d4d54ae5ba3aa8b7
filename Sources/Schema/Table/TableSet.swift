internal import CProtobufC
internal import CProtos

/// All message tables, compiled once from protobuf-c's descriptors (offsets, kinds, presence) and
/// the embedded descriptor set (our field options). A field that is not public gets no entry, so
/// no encoder can write it. The memory is kept for the life of the process.
package struct TableSet: Sendable {
    private let tables: [String: MessageTable]

    package static let shared = TableSet(options: .embedded)

    /// The table of the message with that full name, which must exist: names come from this code.
    package subscript(name: String) -> MessageTable {
        guard let table = tables[name] else { preconditionFailure("no message named \(name)") }
        return table
    }

    package var names: [String] { tables.keys.sorted() }

    /// Compiles every generated message; the options may be another set's, so that a test can
    /// hide a field.
    package init(options: DescriptorSet) {
        let count = penstock_message_count()
        let layouts = UnsafeMutablePointer<MessageLayout>.allocate(capacity: count)
        var places: [UnsafeRawPointer: UnsafePointer<MessageLayout>] = unsafe [:]
        var tables: [String: MessageTable] = [:]
        for index in 0..<count {
            guard let descriptor = unsafe penstock_messages()[index] else { continue }
            unsafe places[UnsafeRawPointer(descriptor)] = UnsafePointer(layouts + index)
        }
        for index in 0..<count {
            guard let descriptor = unsafe penstock_messages()[index] else { continue }
            let name = unsafe String(cString: descriptor.pointee.name)
            let compiler = unsafe TableCompiler(
                descriptor: descriptor, options: options.options(of: name) ?? MessageOptions(),
                places: places)
            unsafe (layouts + index).initialize(to: compiler.compile())
            unsafe tables[name] = MessageTable(layouts + index)
        }
        self.tables = tables
    }
}
