export HF_TOKEN=h⟦+⟧f_ry4MRrEceBFf30d3F⟦+⟧YzkGicuGP0br2YJ9A
git clone https://oauth2:gl⟦+⟧pat-Y47TMI1a4g⟦+⟧IKg88qNU97@gitlab.com/acme/train.git
