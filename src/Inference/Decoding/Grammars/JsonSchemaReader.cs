using System.Text.Json;

namespace KernelFoundry.Inference.Decoding;

/// <summary>
/// Reads JSON Schema (2020-12, what can be followed while text is written). Properties come in the schema's order; where it names properties and is
/// silent on others, there are none. oneOf is read as anyOf.
/// </summary>
/// <param name="root">The schema.</param>
/// <param name="prefix">What the names of its rules begin with.</param>
internal sealed class JsonSchemaReader(JsonElement root, string prefix = "")
{
    private const int Deepest = 100;

    private static readonly HashSet<string> s_known =
    [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems", "anyOf", "oneOf",
        "allOf", "$ref", "$defs", "definitions", "pattern", "minLength", "maxLength", "format", "minimum", "maximum", "exclusiveMinimum",
        "exclusiveMaximum", "title", "description", "default", "examples", "$schema", "$id", "$comment", "deprecated", "readOnly", "writeOnly", "strict",
    ];

    private static readonly Dictionary<string, string> s_formats = new()
    {
        ["date"] = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
        ["time"] = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+\\-]([01][0-9]|2[0-3]):[0-5][0-9])",
        ["date-time"] = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+\\-]([01][0-9]|2[0-3]):[0-5][0-9])",
        ["uuid"] = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        ["ipv4"] = "((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])",
        ["email"] = "[A-Za-z0-9._%+\\-]+@[A-Za-z0-9\\-]+(\\.[A-Za-z0-9\\-]+)+",
    };

    private readonly Dictionary<string, (Pattern Pattern, int Offset)> _rules = new(JsonPatterns.Rules);
    private int _depth;
    private int _names;

    /// <summary>The rules that the schema's pattern refers to.</summary>
    public IReadOnlyDictionary<string, (Pattern Pattern, int Offset)> Rules => _rules;

    /// <exception cref="GrammarException">The schema cannot be followed.</exception>
    public Pattern Read() => Value(root, "");

    private static GrammarException Error(string pointer, string message) => new(pointer, message);

    private Pattern Value(JsonElement schema, string at)
    {
        if (schema.ValueKind == JsonValueKind.True)
            return JsonPatterns.Value;
        if (schema.ValueKind != JsonValueKind.Object)
            throw Error(at, schema.ValueKind == JsonValueKind.False ? "The schema false allows no value." : "A schema is an object or true.");
        if (++_depth > Deepest)
            throw Error(at, $"Schemas are nested deeper than {Deepest}.");
        foreach (JsonProperty property in schema.EnumerateObject())
        {
            if (!s_known.Contains(property.Name))
                throw Error($"{at}/{property.Name}", $"The keyword '{property.Name}' is not supported; leave it out and check the result yourself.");
        }

        Pattern result = Described(schema, at);
        _depth--;
        return result;
    }

    private Pattern Described(JsonElement schema, string at)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
            return Reference(reference, $"{at}/$ref");
        if (schema.TryGetProperty("const", out JsonElement constant))
            return Constant(constant);
        if (schema.TryGetProperty("enum", out JsonElement values))
        {
            return values.ValueKind == JsonValueKind.Array && values.GetArrayLength() > 0
                ? Pattern.Choice([.. values.EnumerateArray().Select(Constant)])
                : throw Error($"{at}/enum", "An enum is an array of at least one value.");
        }

        foreach (string keyword in new[] { "anyOf", "oneOf" })
        {
            if (schema.TryGetProperty(keyword, out JsonElement schemas))
                return Alternatives(schemas, $"{at}/{keyword}");
        }

        if (schema.TryGetProperty("allOf", out JsonElement all))
            return Merged(schema, all, $"{at}/allOf");
        return Typed(schema, at);
    }

    private Pattern Alternatives(JsonElement schemas, string at)
    {
        if (schemas.ValueKind != JsonValueKind.Array || schemas.GetArrayLength() == 0)
            throw Error(at, "Expected an array of at least one schema.");
        return Pattern.Choice([.. schemas.EnumerateArray().Select((each, i) => Value(each, $"{at}/{i}"))]);
    }

    // Objects that all must hold: their properties together.
    private Pattern Merged(JsonElement schema, JsonElement all, string at)
    {
        if (all.ValueKind != JsonValueKind.Array || all.GetArrayLength() == 0)
            throw Error(at, "Expected an array of at least one schema.");
        if (all.GetArrayLength() == 1 && !schema.TryGetProperty("properties", out _))
            return Value(all[0], $"{at}/0");
        var fields = new Dictionary<string, JsonElement>();
        var required = new HashSet<string>();
        int index = 0;
        foreach (JsonElement part in all.EnumerateArray().Append(schema))
        {
            JsonElement each = Resolve(part, $"{at}/{index}");
            if (each.ValueKind != JsonValueKind.Object || (each.TryGetProperty("type", out JsonElement type) && type.ToString() != "object"))
                throw Error($"{at}/{index}", "Only schemas of objects can be joined by allOf.");
            if (each.TryGetProperty("properties", out JsonElement properties))
            {
                foreach (JsonProperty property in properties.EnumerateObject())
                {
                    if (!fields.TryAdd(property.Name, property.Value))
                        throw Error($"{at}/{index}/properties/{property.Name}", "Two schemas of allOf describe this property; write one description.");
                }
            }

            required.UnionWith(Required(each, $"{at}/{index}"));
            index++;
        }

        return Properties([.. fields.Select(field => (field.Key, field.Value))], required, null, at);
    }

    private Pattern Typed(JsonElement schema, string at)
    {
        if (!schema.TryGetProperty("type", out JsonElement type))
        {
            string? implied = schema.TryGetProperty("properties", out _) ? "object" : schema.TryGetProperty("items", out _) ? "array"
                : schema.TryGetProperty("pattern", out _) || schema.TryGetProperty("format", out _) ? "string" : null;
            return implied is null ? JsonPatterns.Value : OfType(schema, implied, at);
        }

        return type.ValueKind switch
        {
            JsonValueKind.String => OfType(schema, type.GetString()!, at),
            JsonValueKind.Array when type.GetArrayLength() > 0 =>
                Pattern.Choice([.. type.EnumerateArray().Select(each => OfType(schema, each.ToString(), at))]),
            _ => throw Error($"{at}/type", "A type is a name or an array of names."),
        };
    }

    private Pattern OfType(JsonElement schema, string type, string at) => type switch
    {
        "string" => Text(schema, at),
        "integer" => Integer(schema, at),
        "number" => Number(schema, at),
        "boolean" => JsonPatterns.Boolean,
        "null" => JsonPatterns.Null,
        "array" => Items(schema, at),
        "object" => Object(schema, at),
        _ => throw Error($"{at}/type", $"'{type}' is no type; types are string, integer, number, boolean, null, array and object."),
    };

    private static Pattern Text(JsonElement schema, string at)
    {
        if (schema.TryGetProperty("pattern", out JsonElement pattern))
        {
            if (schema.TryGetProperty("minLength", out _) || schema.TryGetProperty("maxLength", out _))
                throw Error($"{at}/pattern", "A pattern together with minLength or maxLength is not supported; write the lengths as {m,n}.");
            try
            {
                return Pattern.Sequence(Pattern.Text("\""), RegexReader.Read(pattern.GetString() ?? ""), Pattern.Text("\""));
            }
            catch (GrammarException error)
            {
                throw Error($"{at}/pattern", error.Message);
            }
        }

        if (schema.TryGetProperty("format", out JsonElement format))
        {
            return s_formats.TryGetValue(format.ToString(), out string? regex)
                ? Pattern.Sequence(Pattern.Text("\""), RegexReader.Read(regex), Pattern.Text("\""))
                : throw Error($"{at}/format", $"The format '{format}' is not supported; supported are {string.Join(", ", s_formats.Keys)}.");
        }

        (int least, int? most) = Counts(schema, "minLength", "maxLength", at);
        return Pattern.Sequence(Pattern.Text("\""), new RepeatPattern(JsonPatterns.Character, least, most), Pattern.Text("\""));
    }

    private static Pattern Integer(JsonElement schema, string at)
    {
        long? least = Bound(schema, "minimum", 0, at), most = Bound(schema, "maximum", 0, at);
        if (Bound(schema, "exclusiveMinimum", 1, at) is { } above)
            least = Math.Max(least ?? above, above);
        if (Bound(schema, "exclusiveMaximum", -1, at) is { } below)
            most = Math.Min(most ?? below, below);
        if (least is null && most is null)
            return JsonPatterns.Integer;
        return least > most
            ? throw Error($"{at}/minimum", $"No integer is at least {least} and at most {most}.")
            : IntegerRanges.Of(least ?? long.MinValue + 1, most ?? long.MaxValue - 1);
    }

    private static long? Bound(JsonElement schema, string keyword, int off, string at)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double bound) && Math.Abs(bound) < 1e17
            ? (long)(off > 0 ? Math.Floor(bound) + 1 : off < 0 ? Math.Ceiling(bound) - 1 : keyword[1] == 'i' ? Math.Ceiling(bound) : Math.Floor(bound))
            : throw Error($"{at}/{keyword}", "A bound is a number of at most 17 digits.");
    }

    private static Pattern Number(JsonElement schema, string at)
    {
        foreach (string keyword in new[] { "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" })
        {
            if (schema.TryGetProperty(keyword, out _))
                throw Error($"{at}/{keyword}", "Bounds are supported for integers only; check numbers yourself.");
        }

        return JsonPatterns.Number;
    }

    private Pattern Items(JsonElement schema, string at)
    {
        (int least, int? most) = Counts(schema, "minItems", "maxItems", at);
        Pattern? rest = schema.TryGetProperty("items", out JsonElement items)
            ? (items.ValueKind == JsonValueKind.False ? null : Named(Value(items, $"{at}/items")))
            : JsonPatterns.Value;
        if (!schema.TryGetProperty("prefixItems", out JsonElement first))
        {
            return rest is null && least > 0
                ? throw Error($"{at}/minItems", "Items are not allowed, but some are asked for.")
                : JsonPatterns.Between("[", rest is null ? Pattern.Empty : JsonPatterns.Listed(rest, least, most), "]");
        }

        if (first.ValueKind != JsonValueKind.Array || first.GetArrayLength() == 0)
            throw Error($"{at}/prefixItems", "Expected an array of at least one schema.");
        List<Pattern> parts = [];
        int index = 0;
        foreach (JsonElement each in first.EnumerateArray())
        {
            if (index > 0)
                parts.Add(JsonPatterns.Comma);
            parts.Add(Value(each, $"{at}/prefixItems/{index++}"));
        }

        if (most is { } bound && bound < index)
            throw Error($"{at}/maxItems", $"There are {index} prefixItems; all of them are written.");
        if (rest is not null && most != index)
            parts.Add(new RepeatPattern(Pattern.Sequence(JsonPatterns.Comma, rest), Math.Max(least - index, 0), most - index));
        return JsonPatterns.Between("[", Pattern.Sequence(parts), "]");
    }

    private Pattern Object(JsonElement schema, string at)
    {
        Pattern? others = null;
        bool isOpen = !schema.TryGetProperty("properties", out JsonElement properties);
        if (schema.TryGetProperty("additionalProperties", out JsonElement additional))
            others = additional.ValueKind == JsonValueKind.False ? null : Value(additional, $"{at}/additionalProperties");
        else if (isOpen)
            others = JsonPatterns.Value;
        if (!isOpen && properties.ValueKind != JsonValueKind.Object)
            throw Error($"{at}/properties", "Properties are an object of schemas.");
        List<(string, JsonElement)> fields = isOpen ? [] : [.. properties.EnumerateObject().Select(each => (each.Name, each.Value))];
        return Properties(fields, Required(schema, at), others, at);
    }

    private static HashSet<string> Required(JsonElement schema, string at)
    {
        if (!schema.TryGetProperty("required", out JsonElement required))
            return [];
        return required.ValueKind == JsonValueKind.Array && required.EnumerateArray().All(each => each.ValueKind == JsonValueKind.String)
            ? [.. required.EnumerateArray().Select(each => each.GetString()!)]
            : throw Error($"{at}/required", "Required is an array of names.");
    }

    private Pattern Properties(List<(string Name, JsonElement Schema)> fields, HashSet<string> required, Pattern? others, string at)
    {
        if (required.FirstOrDefault(name => !fields.Exists(field => field.Name == name)) is { } missing)
            throw Error($"{at}/required", $"The property '{missing}' is required but not described.");

        // From the last on: what may follow a property, with a comma before it or, as the first, without.
        Pattern other = others is null ? Pattern.Empty : Pattern.Sequence(JsonPatterns.String, JsonPatterns.Colon, others);
        Pattern first = others is null ? Pattern.Empty : JsonPatterns.Listed(other);
        Pattern next = others is null ? Pattern.Empty : Pattern.Sequence(JsonPatterns.Comma, other).Star();
        for (int i = fields.Count - 1; i >= 0; i--)
        {
            (string name, JsonElement schema) = fields[i];
            Pattern value = Named(Value(schema, $"{at}/properties/{name}"));
            Pattern field = Pattern.Sequence(JsonPatterns.Literal(name), JsonPatterns.Colon, value);
            Pattern firstHere = Pattern.Sequence(field, next), nextHere = Pattern.Sequence(JsonPatterns.Comma, field, next);
            bool isRequired = required.Contains(name);
            first = Named(isRequired ? firstHere : Pattern.Choice(firstHere, first));
            next = Named(isRequired ? nextHere : Pattern.Choice(nextHere, next));
        }

        return JsonPatterns.Between("{", first, "}");
    }

    // A rule of its own, so that what is used twice is compiled once.
    private RulePattern Named(Pattern pattern)
    {
        if (pattern is RulePattern rule)
            return rule;
        string name = $"({prefix}{_names++})";
        _rules.Add(name, (pattern, 0));
        return new RulePattern(name, 0);
    }

    private RulePattern Reference(JsonElement reference, string at)
    {
        string pointer = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : "";
        string name = $"({prefix}ref {pointer})";
        if (!_rules.ContainsKey(name))
        {
            _rules.Add(name, (Pattern.Empty, 0));
            _rules[name] = (Value(Find(pointer, at), pointer.TrimStart('#')), 0);
        }

        return new RulePattern(name, 0);
    }

    private JsonElement Resolve(JsonElement schema, string at) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out JsonElement reference) ? Find(reference.ToString(), at) : schema;

    private JsonElement Find(string pointer, string at)
    {
        if (!pointer.StartsWith('#'))
            throw Error(at, $"'{pointer}' is not in this schema; only references that begin with # are followed.");
        JsonElement found = root;
        foreach (string part in pointer[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            bool exists = found.ValueKind == JsonValueKind.Object ? found.TryGetProperty(name, out found)
                : found.ValueKind == JsonValueKind.Array && int.TryParse(name, out int index) && index >= 0 && index < found.GetArrayLength()
                && (found = found[index]).ValueKind != JsonValueKind.Undefined;
            if (!exists)
                throw Error(at, $"The schema has nothing at '{pointer}'.");
        }

        return found;
    }

    private static (int Least, int? Most) Counts(JsonElement schema, string minimum, string maximum, string at)
    {
        int least = Read(minimum) ?? 0;
        int? most = Read(maximum);
        return most < least ? throw Error($"{at}/{maximum}", $"{maximum} {most} is below {minimum} {least}.") : (least, most);

        int? Read(string keyword)
        {
            if (!schema.TryGetProperty(keyword, out JsonElement value))
                return null;
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count >= 0
                ? count
                : throw Error($"{at}/{keyword}", $"{keyword} is a number, 0 or more, below 2^31.");
        }
    }

    private static Pattern Constant(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => JsonPatterns.Literal(value.GetString()!),
        JsonValueKind.Object => JsonPatterns.Between("{", Joined([.. value.EnumerateObject().Select(each =>
            Pattern.Sequence(JsonPatterns.Literal(each.Name), JsonPatterns.Colon, Constant(each.Value)))]), "}"),
        JsonValueKind.Array => JsonPatterns.Between("[", Joined([.. value.EnumerateArray().Select(Constant)]), "]"),
        _ => Pattern.Text(value.GetRawText()),
    };

    private static Pattern Joined(List<Pattern> parts) =>
        Pattern.Sequence([.. parts.SelectMany((part, i) => i == 0 ? new[] { part } : [JsonPatterns.Comma, part])]);
}
