namespace KernelFoundry.Inference.Models;

/// <summary>What a <see cref="CacheElement"/> says about memory.</summary>
public static class CacheElements
{
    /// <summary>How elements lie in memory.</summary>
    /// <param name="cache">How a cache stores its elements.</param>
    /// <returns>Their name, block size and bytes.</returns>
    public static ElementInfo ToElement(this CacheElement cache) => Element.Find(cache switch
    {
        CacheElement.Float => Element<float>.Name,
        CacheElement.Half => Element<Half>.Name,
        CacheElement.BFloat16 => Element<BFloat16>.Name,
        CacheElement.Q8_0 => Element<Q8_0>.Name,
        _ => throw new ArgumentOutOfRangeException(nameof(cache), cache, "There is no such cache element."),
    });

    /// <summary>Refuses a model whose heads are not whole blocks.</summary>
    internal static void Require(this CacheElement cache, ModelConfiguration model)
    {
        ElementInfo element = cache.ToElement();
        if (model.HeadDim % element.BlockSize != 0)
        {
            throw new NotSupportedException($"A KV cache in {element.Name} stores heads in blocks of {element.BlockSize} values, but the "
                + $"model's head dim is {model.HeadDim}, no multiple of {element.BlockSize}: take a cache in F32, F16 or BF16.");
        }
    }
}
