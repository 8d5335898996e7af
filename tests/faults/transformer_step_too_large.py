# A small transformer that reverses sequences, under Adam with lr=0.1 and no warm-up.
# Expect: step-too-large, collapsed-to-constant, saturated, dead-units, dead-network
# From: typical question: "transformer outputs the same token everywhere"
# Held out
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
VOCABULARY, LENGTH, WIDTH = 8, 6, 32


class Reverser(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Embedding(VOCABULARY, WIDTH)
        self.position = nn.Parameter(0.1 * torch.randn(LENGTH, WIDTH))
        layer = nn.TransformerEncoderLayer(WIDTH, 4, 64, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens):
        return self.head(self.encoder(self.token(tokens) + self.position))


model = Reverser()
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)  # fault
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)  # mended
for step in range(300):
    tokens = torch.randint(0, VOCABULARY, (64, LENGTH))
    logits = model(tokens)
    loss = F.cross_entropy(logits.reshape(-1, VOCABULARY), tokens.flip(1).reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 0:
        print(step, loss.item())
tokens = torch.randint(0, VOCABULARY, (200, LENGTH))
print("accuracy", (model(tokens).argmax(-1) == tokens.flip(1)).float().mean().item())
