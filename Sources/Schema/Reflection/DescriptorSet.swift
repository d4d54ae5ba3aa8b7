internal import CProtos

/// The embedded description of every message and service, as reflection and the tables need it.
/// Immutable; `embedded` is parsed once, when first used.
package struct DescriptorSet: Sendable {
    /// One .proto file.
    package struct File: Sendable, Equatable {
        /// As imports spell it: "penstock/v1/market_data.proto".
        package let name: String
        package let package: String
        /// A serialised google.protobuf.FileDescriptorProto.
        package let bytes: [UInt8]
        /// Names of the files it imports.
        package let dependencies: [String]
    }

    /// Every file after those it depends on.
    package private(set) var files: [File] = []
    /// Full names of all services, in the order of the files.
    package private(set) var services: [String] = []
    private var fileIndexes: [String: Int] = [:]
    private var symbols: [String: Int] = [:]
    private var extensions: [String: [UInt32: Int]] = [:]
    private var options: [String: MessageOptions] = [:]

    package static let embedded = DescriptorSet(embeddedBytes)

    /// The embedded google.protobuf.FileDescriptorSet itself.
    package static var embeddedBytes: [UInt8] {
        unsafe Array(
            UnsafeBufferPointer(
                start: penstock_descriptor_set(), count: penstock_descriptor_set_size()))
    }

    /// Reads a serialised google.protobuf.FileDescriptorSet.
    package init(_ bytes: [UInt8]) {
        var reader = WireReader(bytes[...])
        while let field = reader.next() {
            if field.number == 1 { addFile(field.value.bytes) }
        }
    }

    /// The file of that name.
    package func file(named name: String) -> File? { fileIndexes[name].map { files[$0] } }

    /// The file that declares a package-qualified message, field, enum, value, service or method.
    package func file(containing symbol: String) -> File? { symbols[symbol].map { files[$0] } }

    /// The file that declares an extension of `type` by its number.
    package func file(extending type: String, number: UInt32) -> File? {
        extensions[type]?[number].map { files[$0] }
    }

    /// Numbers of all known extensions of a message, ascending; nil when there is no such message.
    package func extensionNumbers(of type: String) -> [UInt32]? {
        guard options[type] != nil else { return nil }
        return (extensions[type] ?? [:]).keys.sorted()
    }

    /// The file and everything it imports, directly or not: dependencies first, each once.
    package func withDependencies(_ file: File) -> [File] {
        var wanted: Set<String> = [file.name]
        for candidate in files.reversed() where wanted.contains(candidate.name) {
            wanted.formUnion(candidate.dependencies)
        }
        return files.filter { wanted.contains($0.name) }
    }

    /// Penstock's options of the message with that full name.
    package func options(of message: String) -> MessageOptions? { options[message] }
}

extension DescriptorSet {
    private mutating func addFile(_ bytes: ArraySlice<UInt8>) {
        var (name, package, dependencies) = ("", "", [String]())
        var reader = WireReader(bytes)
        while let (number, value) = reader.next() {
            switch number {
            case 1: name = value.text
            case 2: package = value.text
            case 3: dependencies.append(value.text)
            default: continue
            }
        }
        let index = files.count
        fileIndexes[name] = index
        reader = WireReader(bytes)
        while let (number, value) = reader.next() {
            switch number {
            case 4: addMessage(value.bytes, in: package, file: index)
            case 5: addEnumeration(value.bytes, in: package, file: index)
            case 6: addService(value.bytes, in: package, file: index)
            case 7: addField(value.bytes, of: nil, in: package, file: index)
            default: continue
            }
        }
        files.append(
            File(name: name, package: package, bytes: Array(bytes), dependencies: dependencies))
    }

    private func joined(_ scope: String, _ name: String) -> String {
        scope.isEmpty ? name : "\(scope).\(name)"
    }

    private func name(of bytes: ArraySlice<UInt8>) -> String {
        var reader = WireReader(bytes)
        while let (number, value) = reader.next() {
            if number == 1 { return value.text }
        }
        return ""
    }

    private mutating func addMessage(_ bytes: ArraySlice<UInt8>, in scope: String, file: Int) {
        let full = joined(scope, name(of: bytes))
        symbols[full] = file
        options[full] = MessageOptions()
        var reader = WireReader(bytes)
        while let (number, value) = reader.next() {
            switch number {
            case 2: addField(value.bytes, of: full, in: full, file: file)
            case 3: addMessage(value.bytes, in: full, file: file)
            case 4: addEnumeration(value.bytes, in: full, file: file)
            case 6: addField(value.bytes, of: nil, in: full, file: file)
            case 7:
                let isColumns = isColumns(value.bytes)
                options[full]?.isColumns = isColumns
            case 8: symbols[joined(full, name(of: value.bytes))] = file
            default: continue
            }
        }
    }

    /// A field of `message`, or an extension when that is nil.
    private mutating func addField(
        _ bytes: ArraySlice<UInt8>, of message: String?, in scope: String, file: Int
    ) {
        var (number, extended, found) = (UInt32(0), "", FieldOptions())
        var reader = WireReader(bytes)
        while let field = reader.next() {
            switch field.number {
            case 1: symbols[joined(scope, field.value.text)] = file
            case 2: extended = field.value.text
            case 3: number = UInt32(truncatingIfNeeded: field.value.number)
            case 8: found = fieldOptions(field.value.bytes)
            default: continue
            }
        }
        if let message {
            options[message]?.fields[number] = found
        } else {
            extensions[String(extended.drop { $0 == "." }), default: [:]][number] = file
        }
    }

    /// Values of an enum live in the scope that holds the enum, as in C++.
    private mutating func addEnumeration(_ bytes: ArraySlice<UInt8>, in scope: String, file: Int) {
        symbols[joined(scope, name(of: bytes))] = file
        var reader = WireReader(bytes)
        while let (number, value) = reader.next() {
            if number == 2 { symbols[joined(scope, name(of: value.bytes))] = file }
        }
    }

    private mutating func addService(_ bytes: ArraySlice<UInt8>, in scope: String, file: Int) {
        let full = joined(scope, name(of: bytes))
        symbols[full] = file
        services.append(full)
        var reader = WireReader(bytes)
        while let (number, value) = reader.next() {
            if number == 2 { symbols[joined(full, name(of: value.bytes))] = file }
        }
    }

    private func fieldOptions(_ bytes: ArraySlice<UInt8>) -> FieldOptions {
        var options = FieldOptions()
        var reader = WireReader(bytes)
        while let (number, value) = reader.next() {
            switch number {
            case FieldOptions.visibilityNumber:
                // A visibility of tomorrow is not public today.
                options.visibility = FieldOptions.Visibility(rawValue: value.number) ?? .processOnly
            case FieldOptions.exponentNumber:
                options.exponent = UInt32(truncatingIfNeeded: value.number)
            default: continue
            }
        }
        return options
    }

    private func isColumns(_ bytes: ArraySlice<UInt8>) -> Bool {
        var reader = WireReader(bytes)
        while let (number, value) = reader.next() {
            if number == FieldOptions.columnsNumber { return value.number != 0 }
        }
        return false
    }
}
