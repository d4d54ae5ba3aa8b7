package import Market
package func bar(_ foo: borrowing Foo) -> Int64 { foo.key(3) }
