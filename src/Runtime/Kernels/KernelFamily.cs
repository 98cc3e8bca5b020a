namespace KernelFoundry;

/// <summary>The variants of a kernel for one choice of type arguments that one project compiled.</summary>
public sealed class KernelFamily
{
    private readonly Lazy<IReadOnlyList<KernelVariant>> variants;

    /// <summary>A family.</summary>
    /// <param name="typeKey">The type arguments, as in <see cref="KernelVariant.TypeKey"/>.</param>
    /// <param name="variants">Gives the variants, all with that key, when they are first asked for: a process loads few of the families there are.</param>
    public KernelFamily(string typeKey, Func<IReadOnlyList<KernelVariant>> variants)
    {
        ArgumentNullException.ThrowIfNull(typeKey);
        ArgumentNullException.ThrowIfNull(variants);
        TypeKey = typeKey;
        this.variants = new(variants);
    }

    /// <summary>The type arguments, as in <see cref="KernelVariant.TypeKey"/>.</summary>
    public string TypeKey { get; }

    /// <summary>The variants. The same objects every time.</summary>
    public IReadOnlyList<KernelVariant> Variants => variants.Value;
}
