import Glibc

/// A TCP connection or listener on the loopback without any HTTP, for what a well-behaved library would not send.
final class RawSocket: Sendable {
    let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    /// Connects to a port.
    ///
    /// - Parameter window: how many bytes the kernel takes in before they are read; what it finds right if `nil`.
    static func connect(port: UInt16, window: Int32? = nil) -> RawSocket {
        let socket = RawSocket(descriptor: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        if var window {
            setsockopt(socket.descriptor, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<Int32>.size))
        }
        let result = withAddress(port: port) { Glibc.connect(socket.descriptor, $0, $1) }
        precondition(result == 0, "cannot connect to port \(port)")
        return socket
    }

    /// Listens on a free port.
    static func listen() -> (socket: RawSocket, port: UInt16) {
        let socket = RawSocket(descriptor: Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        precondition(withAddress(port: 0) { bind(socket.descriptor, $0, $1) } == 0)
        precondition(Glibc.listen(socket.descriptor, 4) == 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.descriptor, $0, &length) }
        }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    /// `nil` once the listener is shut down.
    func acceptIfOpen() -> RawSocket? {
        let client = Glibc.accept(descriptor, nil, nil)
        return client < 0 ? nil : RawSocket(descriptor: client)
    }

    /// Ends waiting in `acceptIfOpen`.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// `false` once the other side has gone.
    func sendIfOpen(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) } > 0
    }

    func accept() -> RawSocket { RawSocket(descriptor: Glibc.accept(descriptor, nil, nil)) }

    func send(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// For a peer that is slow on purpose.
    static func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }

    func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// What comes in until the other side ends, or until `isEnough`.
    func receive(until isEnough: ([UInt8]) -> Bool = { _ in false }) -> [UInt8] {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while !isEnough(received) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        return received
    }

    private static func withAddress<Value>(
        port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}

/// The port in `http://host:port`.
func port(of address: String) -> UInt16 { UInt16(address.split(separator: ":").last!)! }
