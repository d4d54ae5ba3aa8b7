internal import Base
internal import GRPC
internal import Runtime
internal import Schema

/// The connection as channelz shows it.
extension GatewayConnection {
    var reference: Channelz.SocketReference {
        Channelz.SocketReference(id: id, name: stream.peer.description)
    }

    /// `isSummary`: without what costs system calls.
    func socket(isSummary: Bool) -> Channelz.Socket {
        var data = Channelz.SocketData()
        if let report { fill(&data, report) }
        if !isSummary { data.options = options }
        return Channelz.Socket(
            reference: reference, data: data, local: stream.localAddress.map { .tcp($0) },
            remote: .tcp(stream.peer), security: isSummary ? nil : security)
    }

    private var security: Channelz.Security? {
        guard let security = stream.security else { return nil }
        let certificates = stream.certificates
        return .tls(
            Channelz.TLS(
                cipherSuite: .standard(security.cipher), localCertificate: certificates.local,
                remoteCertificate: certificates.remote))
    }

    private func fill(_ data: inout Channelz.SocketData, _ report: RPCConnectionReport) {
        data.streamsStarted = Int64(report.streamsStarted)
        data.streamsSucceeded = Int64(report.streamsSucceeded)
        data.streamsFailed = Int64(report.streamsFailed)
        data.messagesSent = Int64(report.messagesSent)
        data.messagesReceived = Int64(report.messagesReceived)
        data.keepAlivesSent = Int64(report.pingsSent)
        data.lastRemoteStreamCreated = report.lastStreamAt.map { TimestampMessage($0) }
        data.lastMessageSent = lastMessageSent.map { TimestampMessage($0) }
        data.lastMessageReceived = report.lastMessageReceivedAt.map { TimestampMessage($0) }
        data.localWindow = Int64ValueMessage(value: report.sendWindow)
        data.remoteWindow = Int64ValueMessage(value: report.receiveWindow)
        data.peerStreamsMax = UInt32(clamping: report.peerStreamsMax)
    }

    private var options: [Channelz.SocketOption] {
        var options = stream.socketOptions.map { option in
            Channelz.SocketOption(name: option.name, value: String(option.value))
        }
        let members = stream.tcpInformation
        if !members.isEmpty {
            let information = Channelz.TCPInformation(members: members)
            options.append(
                Channelz.SocketOption(name: "TCP_INFO", additional: AnyMessage(information)))
        }
        return options
    }
}
