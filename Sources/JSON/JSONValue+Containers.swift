extension JSONValue {
    /// The value of the first member with this key; nil if there is none or this is no object.
    /// O(members), without allocating.
    @inlinable
    package subscript(key: StaticString) -> JSONValue? {
        guard isObject else { return nil }
        let last = end &- 1
        var position = index &+ 1
        while position < last {
            let value = at(position &+ 1)
            if at(position).equals(key) { return value }
            position = value.end
        }
        return nil
    }

    /// The element at a position from 0; nil if there is none or this is no array. O(position).
    @inlinable
    package subscript(position: Int) -> JSONValue? {
        guard position >= 0 else { return nil }
        var elements = elements.makeIterator()
        for _ in 0..<position { if elements.next() == nil { return nil } }
        return elements.next()
    }

    /// The elements in order; none if this is no array.
    @inlinable package var elements: JSONElements { JSONElements(of: self) }

    /// The members in order of appearance; none if this is no object.
    @inlinable package var members: JSONMembers { JSONMembers(of: self) }

    /// How many elements or members; 0 for other kinds. Saturates at 16,777,215.
    @inlinable package var count: Int {
        isObject || isArray ? Int(truncatingIfNeeded: (word &>> 32) & 0xFF_FFFF) : 0
    }
}

/// The elements of an array, in order.
@usableFromInline
package struct JSONElements: Sequence, IteratorProtocol {
    @usableFromInline var current: JSONValue
    @usableFromInline let last: Int

    @inlinable init(of array: JSONValue) {
        current = array.at(array.index &+ 1)
        last = array.isArray ? array.end &- 1 : 0
    }

    @inlinable
    package mutating func next() -> JSONValue? {
        guard current.index < last else { return nil }
        let element = current
        current = element.at(element.end)
        return element
    }
}

/// The members of an object, in order of appearance. Keys are string values.
@usableFromInline
package struct JSONMembers: Sequence, IteratorProtocol {
    @usableFromInline var current: JSONValue
    @usableFromInline let last: Int

    @inlinable init(of object: JSONValue) {
        current = object.at(object.index &+ 1)
        last = object.isObject ? object.end &- 1 : 0
    }

    @inlinable
    package mutating func next() -> (key: JSONValue, value: JSONValue)? {
        guard current.index < last else { return nil }
        let key = current
        let value = key.at(key.index &+ 1)
        current = value.at(value.end)
        return (key, value)
    }
}
