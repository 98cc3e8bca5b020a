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

    /// <summary>
    /// How many bytes at the beginning of a block stand apart when the others are taken four by four, as <see cref="Panels{T}"/> does: 0 to 3, chosen so that
    /// codes are whole fours. -1 means what is left of a block divided by four.
    /// </summary>
    static virtual int LeadingBytes => -1;

    /// <summary>Decodes one element, in the kernel language.</summary>
    /// <param name="b">The block's bytes.</param>
    /// <param name="i">Index of the element within the block, 0 to BlockSize - 1.</param>
    /// <returns>The element as scale, code and offset.</returns>
    static abstract Quantized Decode(Block b, int i);
}
