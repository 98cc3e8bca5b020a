namespace KernelFoundry.Inference.Models;

/// <summary>
/// The sizes of multi-head latent attention: keys and values of all heads are made of one short vector a position, which is what the cache holds. DeepSeek-AI,
/// "DeepSeek-V2", 2024, section 2.1.
/// </summary>
/// <param name="KeyValueRank">Length of that vector.</param>
/// <param name="QueryRank">Length of the vector that queries are made of; 0 where they are made of the layer's input.</param>
/// <param name="PlainDims">Elements of a head's query and key that are not turned.</param>
/// <param name="ValueDims">Elements of a head's value.</param>
public sealed record LatentConfiguration(int KeyValueRank, int QueryRank, int PlainDims, int ValueDims)
{
    /// <summary>Reads a file's: a key is the vector and the turned elements, and lengths of a head's are said besides. In files of before 2025 keys and values are those of every head.</summary>
    internal static LatentConfiguration Read(MetadataSection section)
    {
        const string keyOfHead = "attention.key_length_mla", valueOfHead = "attention.value_length_mla";
        int rank = section.Count("attention.kv_lora_rank"), turned = section.Count("rope.dimension_count"), key = section.Count("attention.key_length");
        bool isOlder = !section.Has(keyOfHead);
        int keyDims = isOlder ? key : section.Count(keyOfHead);
        if (!isOlder && key != (long)rank + turned)
            throw section.Error("attention.key_length", $"{key}", $"{(long)rank + turned}, the rank {rank} and {turned} turned elements");
        if (keyDims <= turned)
            throw section.Error(isOlder ? "attention.key_length" : keyOfHead, $"{keyDims}", $"more than the {turned} turned elements");
        if ((long)rank + turned > int.MaxValue)
            throw section.Error("attention.kv_lora_rank", $"{rank}", $"at most {int.MaxValue - turned}");
        return new LatentConfiguration(rank, section.CountOrNone("attention.q_lora_rank"), keyDims - turned, section.Count(isOlder ? "attention.value_length" : valueOfHead));
    }
}
