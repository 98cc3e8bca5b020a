using System.Buffers;

namespace KernelFoundry.Inference.Formats;

/// <summary>Memory, pinned until it is disposed of.</summary>
internal sealed unsafe class PinnedPart : ContentPart
{
    private MemoryHandle _pin;

    public PinnedPart(ReadOnlyMemory<byte> content)
    {
        Length = content.Length;
        _pin = content.Pin();
    }

    public override long Length { get; }

    public override byte* Start => (byte*)_pin.Pointer;

    public override void Dispose() => _pin.Dispose();
}
