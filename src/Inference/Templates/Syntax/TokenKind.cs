namespace KernelFoundry.Inference.Templates.Syntax;

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    /// <summary>Text between tags.</summary>
    Text,

    /// <summary><c>{{</c></summary>
    OutputBegin,

    /// <summary><c>}}</c></summary>
    OutputEnd,

    /// <summary><c>{%</c></summary>
    TagBegin,

    /// <summary><c>%}</c></summary>
    TagEnd,

    Name,

    /// <summary>A string literal; its text is what it stands for.</summary>
    String,

    /// <summary>An integer literal; its text is as written.</summary>
    Integer,

    /// <summary>A float literal; its text is as written.</summary>
    Float,

    /// <summary>An operator, bracket or separator; its text says which.</summary>
    Operator,

    /// <summary>The end of the template.</summary>
    End,
}
