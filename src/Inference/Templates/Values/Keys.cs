using KernelFoundry.Inference.Templates.Rendering;

namespace KernelFoundry.Inference.Templates.Values;

/// <summary>Keys of dictionaries.</summary>
internal static class Keys
{
    /// <summary>The value, if it can be a key.</summary>
    /// <exception cref="TemplateException">It cannot.</exception>
    public static TemplateValue Require(RenderContext context, TemplateValue value)
    {
        context.Step(value is TupleValue tuple ? tuple.Items.Length + 1 : 1);
        return KeyComparer.IsKey(value) ? value : throw context.Error($"a {value.TypeName} cannot be a key.");
    }
}
