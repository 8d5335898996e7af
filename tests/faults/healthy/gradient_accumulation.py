# Accumulation over four small batches with clipping, gradients cleared after every step of the optimizer.
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
tokens = torch.randint(0, 60, (1200, 12))
labels = (tokens.float().mean(1) > 29.5).long()
embed, rnn, out = nn.Embedding(60, 16), nn.GRU(16, 32, batch_first=True), nn.Linear(32, 2)
parameters = [*embed.parameters(), *rnn.parameters(), *out.parameters()]
optimizer = torch.optim.AdamW(parameters, lr=5e-3)
for epoch in range(8):
    optimizer.zero_grad()
    for i, idx in enumerate(torch.randperm(1200).split(15)):
        h, _ = rnn(embed(tokens[idx]))
        loss = F.cross_entropy(out(h[:, -1]), labels[idx]) / 4
        loss.backward()
        if i % 4 == 3:
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            optimizer.zero_grad()
    print("epoch", epoch, "loss", 4 * loss.item())
