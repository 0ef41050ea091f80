import CCurl

/// One libcurl easy handle: prepared when made, released when dropped. It keeps its connections between requests.
///
/// Not for two threads at once: `HTTPClient` holds its lock around every use.
final class CurlHandle {
    let pointer: UnsafeMutableRawPointer
    // libcurl writes its own account of an error here; CURLOPT_ERRORBUFFER does not copy, so it lives as long as the handle.
    private let message: UnsafeMutablePointer<CChar>

    // It must run once, before all else: a static constant does just that.
    private static let library: CURLcode = shim_load()

    init() throws(TransportError) {
        guard Self.library == CURLE_OK, let pointer = shim_easy_init() else {
            throw TransportError(kind: .protocol, reason: "libcurl cannot be initialized; is there memory left?")
        }
        self.pointer = pointer
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        shim_easy_cleanup(pointer)
        message.deallocate()
    }

    /// Forgets the options of the last request, but not the connections.
    func reset() {
        shim_easy_reset(pointer)
        message.pointee = 0
        set(CURLOPT_ERRORBUFFER, pointer: message)
    }

    // An option is refused only if libcurl was built without it or memory is out; the request then fails by itself.
    func set(_ option: CURLoption, _ value: Int) { _ = shim_setopt_long(pointer, option, value) }
    func set(_ option: CURLoption, offset value: Int) { _ = shim_setopt_off(pointer, option, curl_off_t(value)) }
    func set(_ option: CURLoption, _ value: String) { _ = shim_setopt_string(pointer, option, value) }
    func set(_ option: CURLoption, list value: UnsafeMutablePointer<curl_slist>?) {
        _ = shim_setopt_list(pointer, option, value)
    }
    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
        _ = shim_setopt_pointer(pointer, option, value)
    }
    func set(_ option: CURLoption, callback: shim_data_callback) {
        _ = shim_setopt_data_callback(pointer, option, callback)
    }
    func set(_ option: CURLoption, seek callback: shim_seek_callback) {
        _ = shim_setopt_seek_callback(pointer, option, callback)
    }

    func set(_ option: CURLoption, progress callback: shim_progress_callback) {
        _ = shim_setopt_progress_callback(pointer, option, callback)
    }

    func perform() -> CURLcode { shim_easy_perform(pointer) }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        _ = shim_getinfo_long(pointer, info, &value)
        return value
    }

    func offset(_ info: CURLINFO) -> Int {
        var value: curl_off_t = 0
        _ = shim_getinfo_off(pointer, info, &value)
        return Int(value)
    }

    /// libcurl's account of the last error, or its general name for the code.
    func reason(_ code: CURLcode) -> String {
        message.pointee == 0 ? String(cString: shim_easy_strerror(code)) : String(cString: message)
    }
}

/// A header list that lives as long as the request that uses it: libcurl does not copy it.
struct CurlList: ~Copyable {
    private(set) var pointer: UnsafeMutablePointer<curl_slist>?

    mutating func append(_ line: String) {
        if let longer = shim_slist_append(pointer, line) { pointer = longer }
    }

    deinit { shim_slist_free_all(pointer) }
}
