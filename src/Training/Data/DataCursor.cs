namespace KernelFoundry.Training.Data;

/// <summary>Where in the data a training is: all that is needed to go on from there.</summary>
/// <param name="Epoch">Times all documents have been through.</param>
/// <param name="Document">Documents of this epoch that have been through.</param>
/// <param name="Offset">Tokens of the next document that have been through.</param>
public readonly record struct DataCursor(int Epoch, int Document, int Offset);
