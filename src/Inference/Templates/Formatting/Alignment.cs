namespace KernelFoundry.Inference.Templates.Formatting;

/// <summary>Where a text lies in a field wider than it.</summary>
internal enum Alignment
{
    Left,
    Right,
    Center,

    /// <summary>Right, with the fill between a number's sign and its digits.</summary>
    AfterSign,
}
