using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>Sorts by keys; items of equal keys stay in order. (The library's sorts would hide errors of comparisons in others.)</summary>
internal static class StableSort
{
    public static TemplateValue[] Sort(RenderContext context, TemplateValue[] items, Func<TemplateValue, TemplateValue> keyOf, bool isReversed)
    {
        context.ReserveItems(2L * items.Length);
        TemplateValue[] keys = [.. items.Select(keyOf)];
        return Sort(context, items, keys, (a, b) => isReversed ? Comparison.Order(context, b, a) < 0 : Comparison.Order(context, a, b) < 0);
    }

    /// <summary>Sorts items by an order of their own.</summary>
    /// <param name="context">The rendering.</param>
    /// <param name="items">The items.</param>
    /// <param name="isBefore">Whether one comes before another.</param>
    public static TemplateValue[] Sort(RenderContext context, TemplateValue[] items, Func<TemplateValue, TemplateValue, bool> isBefore) => Sort(context, items, items, isBefore);

    private static TemplateValue[] Sort(RenderContext context, TemplateValue[] items, TemplateValue[] keys, Func<TemplateValue, TemplateValue, bool> isBefore)
    {
        context.ReserveItems(2L * items.Length);
        int[] order = [.. Enumerable.Range(0, items.Length)];
        int[] merged = new int[items.Length];
        for (int width = 1; width < items.Length; width *= 2)
        {
            for (int start = 0; start < items.Length; start += 2 * width)
                Merge(start, Math.Min(start + width, items.Length), Math.Min(start + (2 * width), items.Length));
            (order, merged) = (merged, order);
        }

        return [.. order.Select(i => items[i])];

        void Merge(int left, int middle, int end)
        {
            int right = middle;
            for (int i = left; i < end; i++)
            {
                bool takesRight = right < end && (left == middle || isBefore(keys[order[right]], keys[order[left]]));
                merged[i] = takesRight ? order[right++] : order[left++];
            }
        }
    }
}
