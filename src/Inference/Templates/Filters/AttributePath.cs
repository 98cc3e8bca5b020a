using System.Globalization;
using KernelFoundry.Inference.Templates.Rendering;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Filters;

/// <summary>The <c>attribute</c> argument of filters: names and indices with dots between them.</summary>
internal sealed class AttributePath
{
    private readonly TemplateValue[] _parts;
    private readonly TemplateValue? _absent;

    private AttributePath(TemplateValue[] parts, TemplateValue? absent)
    {
        _parts = parts;
        _absent = absent;
    }

    /// <summary>Reads one path.</summary>
    /// <param name="attribute">A text, an index, or null for the item itself.</param>
    /// <param name="absent">What stands for what is not there; null for undefined.</param>
    public static AttributePath Create(TemplateValue? attribute, TemplateValue? absent = null) => new(
        attribute switch
        {
            null or NoneValue => [],
            StringValue text => Split(text.Text),
            _ => [attribute],
        },
        absent is NoneValue ? null : absent);

    /// <summary>Reads several paths, with commas between them.</summary>
    public static AttributePath[] CreateMany(TemplateValue? attribute) => attribute is StringValue text
        ? [.. text.Text.Split(',').Select(part => Create(TemplateValue.From(part)))]
        : [Create(attribute)];

    /// <summary>What the path leads to from an item.</summary>
    public TemplateValue Of(RenderContext context, TemplateValue item)
    {
        foreach (TemplateValue part in _parts)
        {
            context.Step();
            item = Indexing.Item(context, item, part);
            if (item is UndefinedValue && _absent is not null)
                item = _absent;
        }

        return item;
    }

    private static TemplateValue[] Split(string path) =>
    [
        .. path.Split('.').Select(part => part.Length is > 0 and < 18 && part.All(char.IsAsciiDigit)
            ? TemplateValue.From(long.Parse(part, CultureInfo.InvariantCulture))
            : TemplateValue.From(part)),
    ];
}
