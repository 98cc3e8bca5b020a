using System.Globalization;

namespace KernelFoundry.Compiler.Ir;

/// <summary>A cursor over the tokens of IR text, with one token of look-ahead.</summary>
internal sealed class IrReader
{
    private readonly IrLexer _lexer;
    private string _file = "";

    public IrReader(string text)
    {
        _lexer = new IrLexer(text);
        Peek = _lexer.Next();
    }

    /// <summary>The token to be taken next.</summary>
    public IrToken Peek { get; private set; }

    public IrToken Take()
    {
        IrToken token = Peek;
        Peek = _lexer.Next();
        return token;
    }

    public bool TryTake(string text)
    {
        if (Peek.Kind is not (IrTokenKind.Name or IrTokenKind.Symbol) || Peek.Text != text)
            return false;
        Take();
        return true;
    }

    public void Expect(string text)
    {
        if (!TryTake(text))
            throw Error($"expected '{text}', found {Peek}", Peek);
    }

    public void End()
    {
        if (Peek.Kind != IrTokenKind.End)
            throw Error($"expected the end of the text, found {Peek}", Peek);
    }

    /// <summary>A name, plain or quoted.</summary>
    public string Name() =>
        Peek.Kind is IrTokenKind.Name or IrTokenKind.String ? Take().Text : throw Error($"expected a name, found {Peek}", Peek);

    public int Int(int low, int high)
    {
        IrToken token = Take();
        bool isInt = int.TryParse(token.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value);
        if (token.Kind != IrTokenKind.Number || !isInt || value < low || value > high)
            throw Error($"expected an integer from {IrText.Int(low)} to {IrText.Int(high)}, found {token}", token);
        return value;
    }

    /// <summary>One of a table's words.</summary>
    public T Word<T>(Dictionary<string, T> words)
    {
        IrToken token = Take();
        return token.Kind == IrTokenKind.Name && words.TryGetValue(token.Text, out T? member)
            ? member
            : throw Error($"expected one of {string.Join(", ", words.Keys)}, found {token}", token);
    }

    /// <summary>The file that positions without one are in.</summary>
    public void File()
    {
        if (TryTake("file"))
            _file = Name();
    }

    /// <summary>A trailing source position, or none.</summary>
    public SourceLocation Location()
    {
        if (!TryTake(";"))
            return SourceLocation.None;
        string file = _file;
        if (Peek.Kind == IrTokenKind.String)
        {
            file = Take().Text;
            Expect(":");
        }

        int line = Int(0, int.MaxValue);
        Expect(":");
        return new SourceLocation(file, line, Int(0, int.MaxValue));
    }

    public static IrException Error(string message, IrToken at) => new(message, Position(at));

    public static SourceLocation Position(IrToken at) => new(IrParser.TextName, at.Line, at.Column);
}
