namespace KernelFoundry.Inference.Formats;

/// <summary>Bytes at one address that do not move: a mapped file, pinned memory, or what was made of others. Whoever asks checks the range.</summary>
internal abstract unsafe class ContentPart : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Address of the first byte; null if there is none.</summary>
    public abstract byte* Start { get; }

    /// <summary>Copies a range, without making it part of the process's memory where that can be helped.</summary>
    /// <param name="offset">The first byte.</param>
    /// <param name="destination">Receives the bytes.</param>
    public virtual void Read(long offset, Span<byte> destination) => new ReadOnlySpan<byte>(Start + offset, destination.Length).CopyTo(destination);

    /// <summary>Gives back memory that can be made again. Addresses handed out before are no longer valid.</summary>
    public virtual void Release()
    {
    }

    public abstract void Dispose();
}
