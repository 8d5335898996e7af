# The optimizer was made for an earlier model of the notebook: the trained one never changes.
# Expect: not-in-optimizer
# From: mrdbourke/pytorch-deep-learning issue 399
import torch
from torch import nn

torch.manual_seed(42)
X = torch.arange(0, 1, 0.02).unsqueeze(1)
y = 0.7 * X + 0.3


class LinearRegressionModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_layer = nn.Linear(in_features=1, out_features=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear_layer(x)


model_0 = LinearRegressionModel()
model_1 = LinearRegressionModel()
loss_fn = nn.L1Loss()
optimizer = torch.optim.SGD(params=model_0.parameters(), lr=0.01)  # fault
optimizer = torch.optim.SGD(params=model_1.parameters(), lr=0.01)  # mended

for epoch in range(1000):
    model_1.train()
    y_pred = model_1(X)
    loss = loss_fn(y_pred, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 200 == 0:
        model_1.eval()
        with torch.inference_mode():
            print(f"epoch {epoch} | loss {loss:.4f} | test loss {loss_fn(model_1(X + 1), 0.7 * (X + 1) + 0.3):.4f}")

print("final loss", loss_fn(model_1(X), y).item())
