using System.Runtime.InteropServices;

namespace KernelFoundry.Inference.Formats;

/// <summary>Bytes that are made when they are first asked for, and again after <see cref="Release"/>. Safe for many threads but for releasing.</summary>
/// <param name="length">How many.</param>
/// <param name="compute">Writes all of them.</param>
internal sealed unsafe class ComputedPart(long length, ComputedPart.Writer compute) : ContentPart
{
    private const nuint Alignment = 64;
    private readonly Lock _lock = new();
    private volatile nint _start;
    private bool _disposed;

    /// <summary>Writes bytes to an address.</summary>
    public delegate void Writer(byte* destination);

    public override long Length => length;

    public override byte* Start
    {
        get
        {
            if (_start != 0)
                return (byte*)_start;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_disposed, typeof(GgufFile));
                if (_start != 0)
                    return (byte*)_start;
                void* memory = NativeMemory.AlignedAlloc(checked((nuint)Math.Max(1, length)), Alignment);
                try
                {
                    compute((byte*)memory);
                }
                catch
                {
                    NativeMemory.AlignedFree(memory);
                    throw;
                }

                _start = (nint)memory;
                return (byte*)memory;
            }
        }
    }

    public override void Release()
    {
        lock (_lock)
        {
            NativeMemory.AlignedFree((void*)_start);
            _start = 0;
        }
    }

    public override void Dispose()
    {
        Release();
        _disposed = true;
    }
}
