extension Record {
    @inline(__always)
    func encode(_ codec: Codec, _ writer: inout Writer) {
        switch codec {
        case .protobuf: unsafe ProtobufEncoder.append(memory, layout, &writer)
        case .messagePack: unsafe MessagePackEncoder.append(memory, layout, &writer)
        case .json: unsafe JSONEncoder.append(memory, layout, &writer)
        }
    }
}
