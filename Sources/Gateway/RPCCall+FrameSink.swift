internal import Core
package import GRPC

/// Frames of a subscriber go into its call.
extension RPCCall: FrameSink {
    package func offer(_ frames: RawSpan) -> Bool { trySend(framed: frames) }

    package func tookFurther(_ messages: Int) { countFurther(messages) }

    package func offerMissed(_ frames: RawSpan) -> Bool { trySend(several: frames) }

    package func enqueue(_ frames: RawSpan) { send(framed: frames) }
}
