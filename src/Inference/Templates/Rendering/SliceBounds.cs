namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>Which elements a slice takes.</summary>
internal static class SliceBounds
{
    /// <summary>The first element, how many there are, and how far they lie apart.</summary>
    public static (int First, int Count, long Step) Resolve(int length, long? start, long? stop, long step, RenderContext context)
    {
        if (step == 0)
            throw context.Error("a slice's step is not zero.");
        step = Math.Clamp(step, -int.MaxValue, int.MaxValue);
        long lowest = step > 0 ? 0 : -1;
        long highest = step > 0 ? length : length - 1;
        long first = Resolve(start, step > 0 ? lowest : highest);
        long end = Resolve(stop, step > 0 ? highest : lowest);
        long distance = step > 0 ? end - first : first - end;
        long count = distance <= 0 ? 0 : ((distance - 1) / Math.Abs(step)) + 1;
        return ((int)Math.Max(0, Math.Min(first, length)), (int)count, step);

        long Resolve(long? bound, long absent)
        {
            if (bound is not { } value)
                return absent;
            return Math.Clamp(value < 0 ? value + length : value, lowest, highest);
        }
    }
}
