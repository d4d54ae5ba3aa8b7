/// One message of a server to its successor: a piece of a topic, or the end of a stage.
package struct HandoverPart: Equatable, Sendable {
    package var topic: TopicRecord?
    package var stage: HandoverStage?

    package init(topic: TopicRecord? = nil, stage: HandoverStage? = nil) {
        self.topic = topic
        self.stage = stage
    }
}

extension HandoverPart: WireMessage {
    package static let table = TableSet.shared["penstock.handover.v1.HandoverPart"]

    package func write(to record: Record) {
        record.set(1, topic)
        record.set(2, stage)
    }

    package init(_ record: Record) {
        topic = record.get(1)
        stage = record.get(2)
    }
}
