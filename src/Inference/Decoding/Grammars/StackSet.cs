namespace KernelFoundry.Inference.Decoding;

/// <summary>The tops of the stacks of a state, in ascending order, and whether the text may end.</summary>
internal readonly struct StackSet(int[] frames, bool accepts) : IEquatable<StackSet>
{
    public int[] Frames { get; } = frames;

    public bool Accepts { get; } = accepts;

    public bool Equals(StackSet other) => Accepts == other.Accepts && Frames.AsSpan().SequenceEqual(other.Frames);

    public override bool Equals(object? obj) => obj is StackSet other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes<int>(Frames));
        hash.Add(Accepts);
        return hash.ToHashCode();
    }
}
