import Dispatch

/// The results of a function for each element, in their order, computed on all processors.
func concurrentMap<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ transform: @Sendable (Element) -> Result
) -> [Result] {
    [Result](unsafeUninitializedCapacity: elements.count) { buffer, count in
        // Each place is written once, by one thread, before any is read.
        nonisolated(unsafe) let places = buffer.baseAddress
        DispatchQueue.concurrentPerform(iterations: elements.count) { index in
            places?.advanced(by: index).initialize(to: transform(elements[index]))
        }
        count = elements.count
    }
}
