import Foundation
import Synchronization

/// Stands between a client and a hub, and does to each request what its script says; once the script is at its end,
/// requests pass. One connection carries one request.
final class FaultyProxy: Sendable {
    enum Fault: Hashable, Sendable, CustomStringConvertible {
        case pass
        /// The request is cut after a share of its bytes (0 to 1); the hub never sees the rest.
        case cutRequest(Double)
        /// The answer is cut after a share of its bytes; at 0, the hub has done all and the client hears nothing.
        case cutAnswer(Double)
        /// The answer is cut after so many bytes, if it has more.
        case cutAnswerAfter(Int)
        /// One bit of the request, or of the answer, is another one, at a share of its body.
        case corruptRequest(Double)
        case corruptAnswer(Double)
        /// The proxy answers by itself.
        case status(Int, retryAfter: Int?)
        /// The hub gets the request twice, the client the second answer.
        case duplicate
        /// The answer comes so many milliseconds late, or in pieces of so many bytes.
        case delay(UInt32)
        case drip(Int)

        var flipsBits: Bool {
            switch self {
            case .corruptRequest, .corruptAnswer: true
            default: false
            }
        }

        var description: String {
            switch self {
            case .pass: "pass"
            case .cutRequest(let share): "cut the request at \(share)"
            case .cutAnswer(let share): "cut the answer at \(share)"
            case .cutAnswerAfter(let bytes): "cut the answer after \(bytes) bytes"
            case .corruptRequest(let share): "corrupt the request at \(share)"
            case .corruptAnswer(let share): "corrupt the answer at \(share)"
            case .status(let status, let after): "status \(status)\(after.map { ", Retry-After \($0)" } ?? "")"
            case .duplicate: "send the request twice"
            case .delay(let milliseconds): "delay the answer by \(milliseconds) ms"
            case .drip(let bytes): "send the answer \(bytes) bytes at a time"
            }
        }
    }

    private let listener: RawSocket
    private let target: UInt16
    private let script: Mutex<[Fault]>
    private let count = Mutex(0)
    /// `http://127.0.0.1:port`.
    let address: String

    /// - Parameter hub: the hub's address.
    init(hub: String, _ script: [Fault] = []) {
        let (listener, port) = RawSocket.listen()
        self.listener = listener
        target = HubTests.port(of: hub)
        self.script = Mutex(script)
        address = "http://127.0.0.1:\(port)"
    }

    /// Serves until it is stopped. Each connection has a thread.
    func start() {
        blockingDetached {
            while let client = self.listener.acceptIfOpen() {
                blockingDetached { self.serve(client) }
            }
        }
    }

    func stop() { listener.shutDown() }

    /// How many requests have come.
    var requests: Int { count.withLock { $0 } }

    func plan(_ faults: [Fault]) { script.withLock { $0 = faults } }

    private func serve(_ client: RawSocket) {
        let request = client.receive(until: isWholeMessage)
        guard isWholeMessage(request) else { return }
        count.withLock { $0 += 1 }
        let fault = script.withLock { $0.isEmpty ? .pass : $0.removeFirst() }
        switch fault {
        case .status(let status, let after):
            let wait = after.map { "Retry-After: \($0)\r\n" } ?? ""
            client.send("HTTP/1.1 \(status) No\r\n\(wait)Connection: close\r\nContent-Length: 3\r\n\r\nno\n")
        case .cutRequest(let share):
            let hub = RawSocket.connect(port: target)
            hub.send(Array(request.prefix(Int(share * Double(request.count)))))
            hub.endSending()
            // Until the hub has dealt with what it got: the next request then finds a settled hub.
            _ = hub.receive()
        case .corruptRequest(let share):
            client.send(exchange(flipped(request, share)))
        case .duplicate:
            _ = exchange(request)
            client.send(exchange(request))
        default:
            deliver(exchange(request), fault, to: client)
        }
    }

    private func deliver(_ answer: [UInt8], _ fault: Fault, to client: RawSocket) {
        switch fault {
        case .cutAnswer(let share): client.send(Array(answer.prefix(Int(share * Double(answer.count)))))
        case .cutAnswerAfter(let bytes): client.send(Array(answer.prefix(bytes)))
        case .corruptAnswer(let share): client.send(flipped(answer, share))
        case .delay(let milliseconds):
            RawSocket.pause(milliseconds: milliseconds)
            client.send(answer)
        case .drip(let bytes):
            for start in stride(from: 0, to: answer.count, by: bytes) {
                client.send(Array(answer[start..<min(start + bytes, answer.count)]))
            }
        default: client.send(answer)
        }
    }

    private func exchange(_ request: [UInt8]) -> [UInt8] {
        let hub = RawSocket.connect(port: target)
        hub.send(request)
        return closing(hub.receive(until: isWholeMessage))
    }

    /// The answer, saying that the connection ends with it.
    private func closing(_ answer: [UInt8]) -> [UInt8] {
        guard let line = answer.firstIndex(of: UInt8(ascii: "\n")) else { return answer }
        return answer[...line] + Array("Connection: close\r\n".utf8) + answer[(line + 1)...]
    }

    /// Changes one bit of the body: a changed header is another request.
    private func flipped(_ message: [UInt8], _ share: Double) -> [UInt8] {
        guard let body = bodyStart(message), body < message.count else { return message }
        var changed = message
        changed[body + min(Int(share * Double(message.count - body)), message.count - body - 1)] ^= 4
        return changed
    }
}

/// Where the body of an HTTP message begins; `nil` if its header has not ended.
private func bodyStart(_ message: [UInt8]) -> Int? {
    let end = Array("\r\n\r\n".utf8)
    // Headers here are short: no need to look through megabytes.
    guard message.count >= 4 else { return nil }
    return (0...min(message.count - 4, 16_384)).first { message[$0..<$0 + 4].elementsEqual(end) }.map { $0 + 4 }
}

/// Whether a message has come in whole, by its Content-Length.
func isWholeMessage(_ message: [UInt8]) -> Bool {
    guard let body = bodyStart(message) else { return false }
    let head = String(decoding: message[..<body], as: UTF8.self)
    let length =
        head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        .flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) } ?? 0
    return message.count - body >= length
}
