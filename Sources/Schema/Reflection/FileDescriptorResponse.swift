/// Serialised google.protobuf.FileDescriptorProto messages.
package struct FileDescriptorResponse: Equatable, Sendable {
    package var files: [[UInt8]]

    package init(files: [[UInt8]] = []) {
        self.files = files
    }
}

extension FileDescriptorResponse: WireMessage {
    package static let table = TableSet.shared["grpc.reflection.v1.FileDescriptorResponse"]

    package func write(to record: Record) {
        record.set(1, files)
    }

    package init(_ record: Record) {
        files = record.list(1)
    }
}
