namespace KernelFoundry.Inference.Chat;

/// <summary>How calls are written.</summary>
public enum ToolCallBody
{
    /// <summary><c>{"name": "f", "arguments": {...}}</c>, several one after the other or in a list; "parameters" for "arguments" too.</summary>
    Json,

    /// <summary><c>{"f": {...}}</c>, in a list.</summary>
    JsonByName,

    /// <summary><c>f{...}</c>, perhaps with a marker such as <c>[ARGS]</c> between, several one after the other; or as <see cref="Json"/>.</summary>
    NameThenJson,

    /// <summary><c>f(a=1, b="x")</c>, several with commas between them in brackets, or on lines of their own. What is no call is code for the tool "python".</summary>
    Pythonic,

    /// <summary><c>&lt;function=f&gt;&lt;parameter=a&gt;1&lt;/parameter&gt;&lt;/function&gt;</c></summary>
    XmlParameters,

    /// <summary><c>&lt;invoke name="f"&gt;&lt;parameter name="a"&gt;1&lt;/parameter&gt;&lt;/invoke&gt;</c></summary>
    XmlInvoke,

    /// <summary><c>f&lt;arg_key&gt;a&lt;/arg_key&gt;&lt;arg_value&gt;1&lt;/arg_value&gt;</c></summary>
    XmlPairs,
}
