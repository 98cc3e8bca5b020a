using System.Text.Json;
using KernelFoundry.Inference.Templates;
using KernelFoundry.Inference.Templates.Syntax;
using KernelFoundry.Inference.Templates.Values;

namespace KernelFoundry.Inference.Chat;

/// <summary>Calls written as Python: <c>f(a=1, b="x")</c>. The expressions of templates are the same, so that their parser reads them.</summary>
internal static class PythonicCalls
{
    private const string Python = "python";

    /// <summary>The calls; what is no call is code for the tool "python".</summary>
    public static IReadOnlyList<ChatToolCall>? Parse(string text)
    {
        text = text.Trim();
        if (text.Length == 0)
            return null;
        if (TryParse(text) is { } calls)
            return calls;

        // A list that is not one of calls is no code either, but an answer.
        return text.StartsWith('[') || text.StartsWith('{') ? null : [new ChatToolCall("", Python, JsonCalls.OneArgument("code", text))];
    }

    private static List<ChatToolCall>? TryParse(string text)
    {
        if (ReadExpression(text) is { } whole && Calls(whole) is { } calls)
            return calls;

        // Several, each on a line.
        var lines = new List<ChatToolCall>();
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (ReadExpression(line) is not { } expression || Calls(expression) is not { } more)
                return null;
            lines.AddRange(more);
        }

        return lines;
    }

    private static Expression? ReadExpression(string text)
    {
        // Nothing but one expression: text that would end the tag is none.
        if (text.Contains("}}", StringComparison.Ordinal) && !text.Contains('{', StringComparison.Ordinal))
            return null;
        try
        {
            var source = new SourceText("call", "{{ " + text + " }}");
            return new StatementParser(source, Lexer.Read(source)).ParseTemplate().Body is [OutputStatement { Value: { } value }] ? value : null;
        }
        catch (TemplateException)
        {
            return null;
        }
    }

    private static List<ChatToolCall>? Calls(Expression expression)
    {
        IReadOnlyList<Expression> items = expression is SequenceExpression sequence ? sequence.Items : [expression];
        var calls = new List<ChatToolCall>();
        foreach (Expression item in items)
        {
            if (item is not CallExpression { Arguments: { Positional.Count: 0, MorePositional: null, MoreNamed: null } arguments } call
                || NameOf(call.Target) is not { } name)
                return null;
            try
            {
                calls.Add(new ChatToolCall("", name, JsonCalls.WriteObject(json =>
                {
                    foreach ((string key, Expression value) in arguments.Named)
                    {
                        json.WritePropertyName(key);
                        Write(json, value);
                    }
                })));
            }
            catch (NotSupportedException)
            {
                return null;
            }
        }

        return calls;
    }

    // Llama's built-in tools are called with a method: brave_search.call(query="...").
    private static string? NameOf(Expression target) => target switch
    {
        NameExpression name => name.Name,
        AttributeExpression { Target: NameExpression name, Name: "call" } => name.Name,
        AttributeExpression attribute when NameOf(attribute.Target) is { } before => $"{before}.{attribute.Name}",
        _ => null,
    };

    /// <exception cref="NotSupportedException">The value is not a constant.</exception>
    private static void Write(Utf8JsonWriter json, Expression value)
    {
        switch (value)
        {
            case Literal { Value: StringValue text }:
                json.WriteStringValue(text.Text);
                break;
            case Literal { Value: IntegerValue integer }:
                json.WriteNumberValue(integer.Value);
                break;
            case Literal { Value: FloatValue real } when double.IsFinite(real.Value):
                json.WriteNumberValue(real.Value);
                break;
            case Literal { Value: BooleanValue boolean }:
                json.WriteBooleanValue(boolean.Value);
                break;
            case Literal { Value: NoneValue }:
                json.WriteNullValue();
                break;
            case UnaryExpression { Operator: UnaryOperator.Negate, Operand: Literal { Value: IntegerValue integer } }:
                json.WriteNumberValue(-integer.Value);
                break;
            case UnaryExpression { Operator: UnaryOperator.Negate, Operand: Literal { Value: FloatValue real } }:
                json.WriteNumberValue(-real.Value);
                break;
            case SequenceExpression sequence:
                json.WriteStartArray();
                foreach (Expression item in sequence.Items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            case DictExpression dict:
                json.WriteStartObject();
                foreach ((Expression key, Expression item) in dict.Pairs)
                {
                    json.WritePropertyName(key is Literal { Value: StringValue name } ? name.Text : throw new NotSupportedException());
                    Write(json, item);
                }

                json.WriteEndObject();
                break;
            default:
                throw new NotSupportedException();
        }
    }
}
