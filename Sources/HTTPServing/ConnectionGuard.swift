import NIOCore
import NIOHTTPTypes

/// Ends a connection whose other side holds it open without moving: a request that comes drop by drop or without end, an
/// answer that nobody reads. The header of a request is timed by the server itself.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limits: HTTPLimits
    private let registry: ConnectionRegistry
    private var bodyBytes = 0
    private var bytesAtLastLook = 0
    private var reading: Scheduled<Void>?
    private var writing: Scheduled<Void>?

    init(limits: HTTPLimits, registry: ConnectionRegistry) {
        self.limits = limits
        self.registry = registry
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { registry.opened(context.channel) }
    }

    func channelActive(context: ChannelHandlerContext) {
        registry.opened(context.channel)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            registry.requestBegan(context.channel)
            (bodyBytes, bytesAtLastLook) = (0, 0)
            look(context)
        case .body(let buffer):
            bodyBytes += buffer.readableBytes
            // The request is refused by then; this is for a body that goes on regardless.
            if bodyBytes > 2 * limits.body { return context.close(promise: nil) }
        case .end:
            reading?.cancel()
            reading = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { registry.requestEnded(context.channel) }
        context.write(data, promise: promise)
    }

    private func look(_ context: ChannelHandlerContext) {
        reading?.cancel()
        reading = context.eventLoop.assumeIsolated().scheduleTask(in: .init(limits.stall)) { [limits] in
            let least = limits.slowest * Int(limits.stall.components.seconds)
            guard self.bodyBytes - self.bytesAtLastLook > least else { return context.close(promise: nil) }
            self.bytesAtLastLook = self.bodyBytes
            self.look(context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writing?.cancel()
        writing = nil
        if !context.channel.isWritable {
            writing = context.eventLoop.assumeIsolated().scheduleTask(in: .init(limits.stall)) {
                context.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        registry.closed(context.channel)
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        registry.closed(context.channel)
        stop()
    }

    private func stop() {
        reading?.cancel()
        writing?.cancel()
        (reading, writing) = (nil, nil)
    }
}
