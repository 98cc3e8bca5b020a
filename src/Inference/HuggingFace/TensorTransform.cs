namespace KernelFoundry.Inference.HuggingFace;

/// <summary>What becomes of a tensor's numbers between a Hugging Face folder and GGUF.</summary>
internal enum TensorTransform
{
    /// <summary>They stay.</summary>
    None,

    /// <summary>
    /// Rows of queries: in each head the rows of rotary pairs, half a head apart, become neighbours. Biases too.
    /// </summary>
    PairQueries,

    /// <summary>The same for keys, of which there may be fewer heads.</summary>
    PairKeys,

    /// <summary>Rows in groups of a key head (its queries, its key, its value) become all queries, all keys, all values.</summary>
    Ungroup,

    /// <summary>Rows become columns: GPT-2 stores its matrices as convolutions, input first.</summary>
    Transpose,

    /// <summary>1 is added, as Gemma's norms do when they are applied.</summary>
    AddOne,

    /// <summary>Of the rows of each head of latent attention, those that make keys, transposed: what is multiplied to queries instead.</summary>
    LatentKeys,

    /// <summary>Of the rows of each head of latent attention, those that make values.</summary>
    LatentValues,
}
