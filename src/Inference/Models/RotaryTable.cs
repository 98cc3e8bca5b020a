using KernelFoundry.Kernels;

namespace KernelFoundry.Inference.Models;

/// <summary>The rotary encodings of a model's layers.</summary>
internal sealed class RotaryTable : IDisposable
{
    private readonly ModelConfiguration _model;
    private readonly RotaryEncoding _global;
    private readonly RotaryEncoding? _extended;
    private readonly RotaryEncoding _local;
    private readonly RotaryEncoding _none;
    private readonly RotaryEncoding[] _all;

    public RotaryTable(Device device, ModelConfiguration model, RotaryDivisors divisors)
    {
        _model = model;
        RotaryKind kind = model.Architecture.Rotary;

        // Elements that nothing turns are turned by nothing: the pair 0 at the frequency 0.
        _none = new RotaryEncoding(RotaryKind.HalfSplit, device.Upload<float>([0f]));
        _global = kind == RotaryKind.None ? _none : Create(divisors.Always ?? divisors.Short);
        _extended = divisors.Long is { } extended && kind != RotaryKind.None ? Create(extended) : null;
        _local = kind != RotaryKind.None && model.Architecture.LocalRotaryBase is { } local
            ? new RotaryEncoding(kind, device.Upload<float>(RotaryFrequencies.Create(model.RotaryDims, local)))
            : _global;
        _all = [.. new[] { _global, _extended, _local, _none }.OfType<RotaryEncoding>().Distinct()];

        RotaryEncoding Create(float[]? factors) => new(kind, device.Upload<float>(
            model.Yarn is { } yarn && factors is null
                ? yarn.Frequencies(model.RotaryDims, model.RotaryBase, model.RotaryScale, model.Architecture.RoundsYarnRange)
                : RotaryFrequencies.Create(model.RotaryDims, model.RotaryBase, model.RotaryScale, factors)));
    }

    /// <summary>How a layer turns queries and keys.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="capacity">Most positions of the sequence: a sequence that may become longer than the original context is extended from its beginning, for keys once turned stay.</param>
    public RotaryEncoding this[int layer, int capacity] =>
        !_model.IsRotated(layer) ? _none
        : _model.HasWindow(layer) ? _local
        : IsExtended(capacity) ? _extended! : _global;

    /// <summary>Whether a sequence that may become so long is turned as others are not.</summary>
    public bool IsExtended(int capacity) => _extended is not null && capacity > _model.OriginalContextLength;

    public void Dispose()
    {
        foreach (RotaryEncoding encoding in _all)
            encoding.Dispose();
    }
}
