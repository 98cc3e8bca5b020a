namespace KernelFoundry.Inference.Tokenizers;

/// <summary>What a vocabulary entry is, by the number in the model file.</summary>
public enum TokenType
{
    /// <summary>Not said; treated as <see cref="Normal"/>.</summary>
    Undefined = 0,

    /// <summary>A piece of text.</summary>
    Normal = 1,

    /// <summary>Stands for text that the vocabulary cannot express.</summary>
    Unknown = 2,

    /// <summary>Steers the model (begin and end of sequence, chat roles) and has no text of its own.</summary>
    Control = 3,

    /// <summary>Text that is always one token, added by the model's maker.</summary>
    UserDefined = 4,

    /// <summary>An entry that training never produced; treated as <see cref="Normal"/>.</summary>
    Unused = 5,

    /// <summary>One byte, for text that no other token covers.</summary>
    Byte = 6,
}
