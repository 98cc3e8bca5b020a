namespace KernelFoundry;

/// <summary>
/// A quantization format: how a block of elements along the last axis of a view is stored. A format is a struct with these members, and
/// nothing else needs to know it.
/// </summary>
public interface IQuantFormat
{
    /// <summary>Elements per block.</summary>
    static abstract int BlockSize { get; }

    /// <summary>Bytes per block.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>Consecutive elements of a block that share scale and offset; divides the block size. 0 means the whole block does.</summary>
    static virtual int GroupSize => 0;

    /// <summary>Decodes one element, in the kernel language.</summary>
    /// <param name="b">The block's bytes.</param>
    /// <param name="i">Index of the element within the block, 0 to BlockSize - 1.</param>
    /// <returns>The element as scale, code and offset.</returns>
    static abstract Quantized Decode(Block b, int i);
}
