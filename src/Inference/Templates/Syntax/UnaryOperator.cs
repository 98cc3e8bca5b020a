namespace KernelFoundry.Inference.Templates.Syntax;

internal enum UnaryOperator
{
    Not,
    Negate,
    Plus,
}
