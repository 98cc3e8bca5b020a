namespace KernelFoundry.Inference.Models;

/// <summary>How a KV cache stores its elements.</summary>
public enum CacheElement
{
    /// <summary>32-bit floats: results do not depend on the cache.</summary>
    Float,

    /// <summary>16-bit floats: half the memory and half the traffic, and keys and values rounded to 11 bits.</summary>
    Half,

    /// <summary>bfloat16: as much memory as halves, the range of floats, and keys and values rounded to 8 bits.</summary>
    BFloat16,

    /// <summary>
    /// <see cref="KernelFoundry.Q8_0"/>: 34 bytes for 32 elements of a head, which share a scale; keys and values rounded to 127ths of the
    /// largest of their 32. The model's head dim must be a multiple of 32.
    /// </summary>
    Q8_0,
}
