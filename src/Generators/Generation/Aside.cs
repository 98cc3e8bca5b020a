namespace KernelFoundry.Generators.Generation;

/// <summary>
/// Something a model carries but is not compared by: source positions. A comment above a kernel moves it and changes nothing that is
/// generated; the new position is taken up when something else changes, and in every build.
/// </summary>
internal readonly struct Aside<T>(T value) : IEquatable<Aside<T>>
{
    public T Value { get; } = value;

    public bool Equals(Aside<T> other) => true;

    public override bool Equals(object? obj) => obj is Aside<T>;

    public override int GetHashCode() => 0;
}
