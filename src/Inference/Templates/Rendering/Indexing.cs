using KernelFoundry.Inference.Templates.Methods;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Templates.Rendering;

/// <summary>Attributes, subscripts and slices.</summary>
internal static class Indexing
{
    /// <summary><c>value.name</c>: an attribute, or else an entry.</summary>
    public static TemplateValue Attribute(RenderContext context, TemplateValue value, string name) =>
        value is UndefinedValue missing
            ? throw context.Error(missing.Reason)
            : OwnAttribute(value, name) ?? Entry(value, TemplateValue.From(name)) ?? Missing(value, $"attribute '{name}'");

    /// <summary><c>value[index]</c>: an entry, or else an attribute.</summary>
    public static TemplateValue Item(RenderContext context, TemplateValue value, TemplateValue index)
    {
        if (value is UndefinedValue missing)
            throw context.Error(missing.Reason);
        return Entry(value, index)
            ?? (index is StringValue name ? OwnAttribute(value, name.Text) : null)
            ?? Missing(value, index is StringValue key ? $"attribute '{Shorten(key.Text)}'" : "such element");
    }

    /// <summary><c>value[start:stop:step]</c></summary>
    public static TemplateValue Slice(RenderContext context, TemplateValue value, TemplateValue start, TemplateValue stop, TemplateValue step)
    {
        if (value is UndefinedValue missing)
            throw context.Error(missing.Reason);
        if (value is not (StringValue or ListValue or TupleValue or RangeValue))
            throw context.Error($"a {value.TypeName} has no slices.");
        (int first, int count, long distance) = SliceBounds.Resolve(
            Iteration.Length(value)!.Value, Bound(context, start), Bound(context, stop), Bound(context, step) ?? 1, context);
        switch (value)
        {
            case StringValue text when distance == 1:
                int from = text.OffsetOf(first);
                int to = count == 0 ? from : text.OffsetOf(first + count);
                context.ReserveText(to - from);
                return new StringValue(text.Text[from..to], text.IsMarkup);
            case StringValue text:
                context.ReserveItems(text.Length);
                string[] characters = [.. text.Characters()];
                return new StringValue(string.Concat(Pick(first, count, distance).Select(i => characters[i])), text.IsMarkup);
            case RangeValue range:
                long begin = range.Start + (first * range.Step);
                return new RangeValue(begin, range.Step * distance, count) { Stop = begin + (range.Step * distance * count) };
            case ListValue list:
                context.ReserveItems(count);
                return new ListValue([.. Pick(first, count, distance).Select(i => list.Items[i])]);
            default:
                context.ReserveItems(count);
                return new TupleValue([.. Pick(first, count, distance).Select(i => ((TupleValue)value).Items[i])]);
        }
    }

    /// <summary>What a value has by name whatever its entries are, or null.</summary>
    public static TemplateValue? OwnAttribute(TemplateValue value, string name) => value switch
    {
        NamespaceValue space => space.Attributes.GetValueOrDefault(name),
        LoopValue loop => loop.Attribute(name),
        CyclerValue cycler => cycler.Attribute(name),
        BlocksValue blocks => blocks.Attribute(name),
        MacroValue macro => MacroAttribute(macro, name),
        TupleValue tuple when Array.IndexOf(tuple.Names, name) is var place and >= 0 => tuple.Items[place],
        _ => MethodTable.Find(value, name),
    };

    private static TemplateValue? Entry(TemplateValue value, TemplateValue index)
    {
        if (value is DictValue dict)
            return KeyComparer.IsKey(index) ? dict.Find(index) : null;
        if (!Number.TryFrom(index, out Number number) || number.IsFloat || value is not (StringValue or ListValue or TupleValue or RangeValue))
            return null;
        int length = Iteration.Length(value)!.Value;
        long place = number.Integer < 0 ? number.Integer + length : number.Integer;
        if (place < 0 || place >= length)
            return null;
        switch (value)
        {
            case StringValue text:
                int offset = text.OffsetOf((int)place);
                return new StringValue(text.Text.Substring(offset, StringValue.WidthAt(text.Text, offset)), text.IsMarkup);
            case ListValue list:
                return list.Items[place];
            case TupleValue tuple:
                return tuple.Items[place];
            default:
                return ((RangeValue)value).At((int)place);
        }
    }

    private static TemplateValue? MacroAttribute(MacroValue macro, string name) => name switch
    {
        "name" => TemplateValue.From(macro.Name),
        "arguments" => new TupleValue([.. macro.Body.Parameters.Select(TemplateValue.From)]),
        "catch_varargs" => TemplateValue.From(macro.Body.TakesMorePositional),
        "catch_kwargs" => TemplateValue.From(macro.Body.TakesMoreNamed),
        "caller" => TemplateValue.From(macro.Body.TakesCaller),
        _ => null,
    };

    private static UndefinedValue Missing(TemplateValue value, string what) => new($"a {value.TypeName} has no {what}.");

    private static string Shorten(string name) => name.Length > 80 ? name[..80] + "..." : name;

    private static long? Bound(RenderContext context, TemplateValue value)
    {
        if (value is NoneValue)
            return null;
        return Number.TryFrom(value, out Number number) && !number.IsFloat
            ? number.Integer
            : throw context.Error($"a slice's bound is an integer or none, not a {value.TypeName}.");
    }

    private static IEnumerable<int> Pick(int first, int count, long step) => Enumerable.Range(0, count).Select(i => (int)(first + (i * step)));
}
