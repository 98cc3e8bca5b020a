namespace KernelFoundry.Inference.HuggingFace;

/// <summary>
/// What a tensor is called in GGUF, and what becomes of its numbers. Names are without their ending <c>.weight</c> or <c>.bias</c>, which stays.
/// </summary>
/// <param name="Source">The name in the folder. <c>{0}</c> and <c>{1}</c> stand for the first and second number in it: the layer, the expert.</param>
/// <param name="Target">The name in GGUF. Tensors that differ in a number that is not in it are stacked, in its order.</param>
/// <param name="Transform">What becomes of the numbers.</param>
internal sealed record TensorRule(string Source, string Target, TensorTransform Transform = TensorTransform.None)
{
    /// <summary>A matrix that is kept in 32 bits, as llama.cpp has it: a router of experts.</summary>
    public bool IsFloat { get; init; }

    /// <summary>The matrix has one row and becomes a vector.</summary>
    public bool IsVector { get; init; }

    /// <summary>Names are whole, ending and all.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The tensor holds the matrices, or vectors, of all experts: its first axis counts them.</summary>
    public bool IsStack { get; init; }

    /// <summary>The first row of the result, and the step to the next: those between belong to <see cref="Also"/>. Of what is transposed, columns.</summary>
    public int First { get; init; }

    /// <inheritdoc cref="First"/>
    public int Step { get; init; } = 1;

    /// <summary>What else the tensor becomes; null for nothing.</summary>
    public TensorRule? Also { get; init; }
}
